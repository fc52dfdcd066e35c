public import Logging

/// Records a share of all traces, chosen by their identifiers.
///
/// The last 56 bits of the identifier are taken as a random number, and the trace is recorded if it is among the
/// highest, so a trace that is recorded at one ratio is recorded at every higher one, in every process. Below spans that were
/// decided about otherwise it leaves holes in traces: make it the root of a ``ParentBasedSampler``.
public struct TraceIDRatioSampler: Sampler {
    private static let range: UInt64 = 1 << 56

    /// The share of traces to record, 0 to 1.
    public let ratio: Double
    /// The first number that is recorded.
    private let threshold: UInt64
    private let childWarning: SingleWarning

    /// Makes a sampler.
    ///
    /// A ratio outside of 0 to 1 is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - ratio: The share of traces to record, 0 to 1.
    ///   - logger: Told once if the sampler has to decide about a span that is below another.
    public init(_ ratio: Double, logger: Logger = Logger(label: "queuert.otel")) {
        precondition((0...1).contains(ratio), "The ratio of a sampler must be from 0 to 1. Give 0.1 to record a tenth.")
        self.ratio = ratio
        threshold = Self.range - UInt64((ratio * Double(Self.range)).rounded())
        childWarning = SingleWarning(
            """
            The sampler TraceIdRatioBased decides about spans below others, whatever was decided about those, so that traces may \
            have holes. Make it the root of a parent-based sampler, as OTEL_TRACES_SAMPLER=parentbased_traceidratio does.
            """, logger: logger)
    }

    /// The sampler's name and ratio, such as `TraceIdRatioBased{0.000100}`.
    public var description: String { "TraceIdRatioBased{\(Self.text(ofRatio: ratio))}" }

    /// A ratio with six digits after the point.
    static func text(ofRatio ratio: Double) -> String {
        let millionths = Int((ratio * 1_000_000).rounded())
        let fraction = String(millionths % 1_000_000)
        let zeros = String(repeating: "0", count: 6 - fraction.count)
        return "\(millionths / 1_000_000).\(zeros)\(fraction)"
    }

    /// Decides by the identifier of the trace.
    ///
    /// - Parameters:
    ///   - parent: The span above, which the decision doesn't depend on; that there is one is warned of.
    ///   - traceID: The trace.
    ///   - name: Not looked at.
    ///   - kind: Not looked at.
    ///   - attributes: Not looked at.
    ///   - links: Not looked at.
    /// - Returns: Whether the trace belongs to the share.
    public func shouldSample(
        parent: TraceContext?, traceID: TraceID, name: String, kind: SpanData.Kind, attributes: [Attribute],
        links: [SpanData.Link]
    ) -> Bool {
        if parent != nil { childWarning.give() }
        return traceID.low & (Self.range - 1) >= threshold
    }
}
