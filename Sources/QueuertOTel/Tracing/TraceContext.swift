/// The flags of a trace context.
///
/// Bits that the specification doesn't name are dropped on reading.
/// W3C Trace Context level 2, section 3.2.2.5.
public struct TraceFlags: OptionSet, Hashable, Sendable {
    /// The flags as one byte.
    public let rawValue: UInt8

    /// Makes flags of a byte.
    ///
    /// - Parameter rawValue: The byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The span is recorded and exported.
    public static let sampled = TraceFlags(rawValue: 0x01)
    /// The last seven bytes of the trace identifier are random.
    public static let random = TraceFlags(rawValue: 0x02)
    /// The flags that are propagated; others are cleared.
    static let known: TraceFlags = [.sampled, .random]
}

/// Which span one is in: what is propagated from a span to its children and links, within a process and beyond.
public struct TraceContext: Hashable, Sendable {
    /// The trace.
    public var traceID: TraceID
    /// The span in the trace.
    public var spanID: SpanID
    /// Whether the span is sampled, and whether the trace's identifier is random.
    public var flags: TraceFlags
    /// The `tracestate` header as it came, empty if there is none.
    public var state: String
    /// Whether the context came from outside this process, by a header or from a job's row.
    public var isRemote: Bool

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - traceID: The trace.
    ///   - spanID: The span in the trace.
    ///   - flags: The flags.
    ///   - state: The `tracestate` header.
    ///   - isRemote: Whether the context came from outside this process.
    public init(traceID: TraceID, spanID: SpanID, flags: TraceFlags, state: String = "", isRemote: Bool = false) {
        self.traceID = traceID
        self.spanID = spanID
        self.flags = flags
        self.state = state
        self.isRemote = isRemote
    }

    /// Whether the span is recorded and exported.
    public var isSampled: Bool { flags.contains(.sampled) }
}
