/// Makes random identifiers: the generator of every program but tests.
///
/// The system's generator is asked once, when this one is made; an identifier then costs a few nanoseconds and no lock.
public final class RandomIDGenerator: IDGenerator {
    private let sequence: IdentifierSequence

    /// Makes a generator with a state of its own.
    public init() {
        var generator = SystemRandomNumberGenerator()
        sequence = IdentifierSequence(using: &generator)
    }

    /// Yes.
    public var makesRandomTraceIDs: Bool { true }

    /// Makes the identifier of a new trace.
    ///
    /// - Returns: An identifier that is not all zero.
    public func makeTraceID() -> TraceID { sequence.nextTraceID() }

    /// Makes the identifier of a new span.
    ///
    /// - Returns: An identifier that is not all zero.
    public func makeSpanID() -> SpanID { sequence.nextSpanID() }
}
