internal import Synchronization

/// A sequence of 64-bit words that look random, shared by any number of threads without a lock.
///
/// A counter goes up by an odd step, so it meets every word once before it repeats, and is scrambled together with a
/// key. Words drawn with different keys from the same count are unrelated, which is how a trace's identifier gets 128
/// bits out of one step. Identifiers are no secrets: this is not a cryptographic generator.
final class IdentifierSequence: Sendable {
    private let counter: Atomic<UInt64>
    private let traceHighKey: UInt64
    private let traceLowKey: UInt64
    private let spanKey: UInt64

    init(using generator: inout some RandomNumberGenerator) {
        counter = Atomic(generator.next())
        traceHighKey = generator.next()
        traceLowKey = generator.next()
        spanKey = generator.next()
    }

    /// The identifier of a new trace, not all zero.
    func nextTraceID() -> TraceID {
        while true {
            let count = nextCount()
            let id = TraceID(high: Self.scramble(count, traceHighKey), low: Self.scramble(count, traceLowKey))
            if id.isValid { return id }
        }
    }

    /// The identifier of a new span, not zero.
    func nextSpanID() -> SpanID {
        while true {
            let id = SpanID(value: Self.scramble(nextCount(), spanKey))
            if id.isValid { return id }
        }
    }

    /// The step is the golden ratio's fraction, made odd: neighbours differ in about half of their bits.
    private func nextCount() -> UInt64 {
        counter.wrappingAdd(0x9E37_79B9_7F4A_7C15, ordering: .relaxed).newValue
    }

    /// Spreads every bit of the count over the whole word (the finaliser of SplitMix64, with a key).
    ///
    /// A bijection of the count, so the identifiers of one process's spans never repeat.
    static func scramble(_ count: UInt64, _ key: UInt64) -> UInt64 {
        var word = count ^ key
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
