/// Makes UUIDs of version 7 (RFC 9562, section 5.7), which sort by the time at which they were made.
///
/// Identifiers made by one generator are strictly increasing: within a millisecond, a counter takes the place of the
/// random bits that follow the time (section 6.2, method 1). So rows written in one go stay in order and next to each other.
public final class UUIDv7Generator: JobIDGenerator {
    private struct State {
        var milliseconds: Int64 = 0
        var counter: UInt64 = 0
        var random: FastRandom
    }
    private let state: Locked<State>

    /// Makes a generator.
    ///
    /// - Parameter seed: Makes the same identifiers again for the same times, for tests; by default random.
    public init(seed: UInt64? = nil) {
        state = Locked(State(random: FastRandom(seed: seed ?? UInt64.random(in: .min ... .max))))
    }

    /// Makes an identifier.
    ///
    /// - Parameter now: The time of day.
    /// - Returns: The identifier, as 36 lower-case characters.
    public func makeJobID(at now: Timestamp) -> JobID {
        let (high, low) = state.withLock { state -> (UInt64, UInt64) in
            let milliseconds = now.microseconds / 1_000
            if milliseconds > state.milliseconds {
                state.milliseconds = milliseconds
                // The top bit stays clear, so that there is room to count.
                state.counter = state.random.next() >> 53
            } else {
                state.counter += 1
                if state.counter > 0xfff {
                    state.milliseconds += 1
                    state.counter = state.random.next() >> 53
                }
            }
            let high = UInt64(bitPattern: state.milliseconds) << 16 | 0x7000 | state.counter
            let low = 0x8000_0000_0000_0000 | state.random.next() >> 2
            return (high, low)
        }
        return JobID(rawValue: Self.text(high, low))
    }

    private static func text(_ high: UInt64, _ low: UInt64) -> String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for nibble in 0..<32 {
                if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let word = nibble < 16 ? high : low
                let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble % 16))) & 0xf
                buffer[position] = digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
                position += 1
            }
            return 36
        }
    }
}

/// Pseudo-random numbers, good for identifiers and jitter, not for secrets: the system's generator takes a microsecond.
package struct FastRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Makes the same numbers again for the same seed.
    package init(seed: UInt64) { state = seed }

    /// The next number: a Weyl sequence, mixed (the "SplitMix64" method).
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
