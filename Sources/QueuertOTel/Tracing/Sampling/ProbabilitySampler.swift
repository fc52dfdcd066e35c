/// Records a share of all traces, and tells in the `tracestate` which share it is.
///
/// A trace is recorded if its random number is at or above a threshold. The number is the last 56 bits of the trace's
/// identifier, unless the `tracestate` holds one (`ot=rv:…`), as in the later segments of a chain, which so decide as the
/// first did. The threshold goes along as `ot=th:…`: a backend knows by it how many traces a recorded one stands for, and
/// samplers further on can record a smaller share of the same traces.
///
/// Below a parent it decides by the same number, whatever the parent's flag says; put it into a ``ParentBasedSampler`` as the
/// root's sampler to follow the parent.
public struct ProbabilitySampler: Sampler {
    /// The share of traces to record, 0 to 1.
    public let ratio: Double
    /// The first number that is recorded; beyond all numbers if none is.
    private let threshold: UInt64

    /// Makes a sampler.
    ///
    /// A ratio outside of 0 to 1 is a mistake that stops the program.
    ///
    /// - Parameter ratio: The share of traces to record, 0 to 1.
    public init(_ ratio: Double) {
        precondition((0...1).contains(ratio), "The ratio of a sampler must be from 0 to 1. Give 0.1 to record a tenth.")
        self.ratio = ratio
        let share = UInt64((ratio * Double(ProbabilityState.range)).rounded())
        threshold = ProbabilityState.range - share
    }

    /// The sampler's name and ratio, such as `ProbabilitySampler{0.000100}`.
    public var description: String { "ProbabilitySampler{\(TraceIDRatioSampler.text(ofRatio: ratio))}" }

    /// Decides by the random number of the trace.
    ///
    /// - Parameters:
    ///   - parent: Its `tracestate` may hold the trace's random number.
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
        isSampled(ProbabilityState(tracestate: parent?.state ?? ""), traceID)
    }

    /// Decides by the random number of the trace, and leaves the threshold in its `tracestate`.
    ///
    /// - Parameters:
    ///   - parent: Not looked at.
    ///   - traceID: The trace.
    ///   - state: The `tracestate`, which may hold the trace's random number.
    ///   - name: Not looked at.
    ///   - kind: Not looked at.
    ///   - attributes: Not looked at.
    ///   - links: Not looked at.
    /// - Returns: Whether the trace belongs to the share, and the `tracestate` with the threshold, if it does.
    public func decide(
        parent: TraceContext?, traceID: TraceID, state: String, name: String, kind: SpanData.Kind,
        attributes: [Attribute], links: [SpanData.Link]
    ) -> SamplingDecision {
        var probability = ProbabilityState(tracestate: state)
        let isSampled = isSampled(probability, traceID)
        probability.threshold = isSampled ? threshold : nil
        return SamplingDecision(isSampled: isSampled, state: probability.applied(to: state))
    }

    private func isSampled(_ probability: ProbabilityState, _ traceID: TraceID) -> Bool {
        (probability.randomness ?? traceID.low & (ProbabilityState.range - 1)) >= threshold
    }
}
