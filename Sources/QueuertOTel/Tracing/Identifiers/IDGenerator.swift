/// Makes the identifiers of traces and spans.
///
/// Called on every thread that starts spans, so an implementation must be fast and must not block for long.
public protocol IDGenerator: Sendable {
    /// Whether the last seven bytes of a trace's identifier are random.
    ///
    /// New roots then carry ``TraceFlags/random``, which lets samplers of other services rely on it. W3C Trace Context
    /// level 2, section 3.2.2.5.2.
    var makesRandomTraceIDs: Bool { get }

    /// Makes the identifier of a new trace.
    ///
    /// - Returns: An identifier that is not all zero.
    func makeTraceID() -> TraceID

    /// Makes the identifier of a new span.
    ///
    /// - Returns: An identifier that is not all zero.
    func makeSpanID() -> SpanID
}

extension IDGenerator {
    /// No: who makes random identifiers has to say so.
    public var makesRandomTraceIDs: Bool { false }
}
