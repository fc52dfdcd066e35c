/// Makes the same identifiers again for the same seed, for tests.
///
/// The order of the calls decides who gets which identifier, so a test that wants the same trace each time must start
/// its spans in the same order each time.
public final class SeededIDGenerator: IDGenerator {
    private let sequence: IdentifierSequence

    /// Makes a generator.
    ///
    /// - Parameter seed: What the identifiers depend on.
    public init(seed: UInt64) {
        var generator = SeedExpansion(state: seed)
        sequence = IdentifierSequence(using: &generator)
    }

    /// Yes: the identifiers look random, and so the flags of a trace are those of production.
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

/// Draws the words that a sequence starts from out of one seed.
private struct SeedExpansion: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return IdentifierSequence.scramble(state, 0)
    }
}
