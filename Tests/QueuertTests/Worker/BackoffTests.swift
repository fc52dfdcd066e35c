import Queuert
import Testing

@Suite("Backoffs") struct BackoffTests {
    /// The same numbers in each run.
    private struct Chance: RandomNumberGenerator {
        var state: UInt64 = 1
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state
        }
    }

    @Test("grow by their factor up to their maximum, however many attempts there were")
    func grow() {
        let backoff = Backoff(initial: .seconds(2), factor: 3, maximum: .seconds(60), jitter: 0)
        var chance = Chance()
        let delays = [1, 2, 3, 4, 5, 1_000, .max].map { backoff.delay(afterAttempt: $0, using: &chance) }
        #expect(delays == [2, 6, 18, 54, 60, 60, 60].map { .seconds($0) })
    }

    @Test("leave a part to chance, so that jobs that failed together don't return together")
    func jitter() {
        let backoff = Backoff(initial: .seconds(10), jitter: 0.2)
        var chance = Chance()
        let delays = (0..<200).map { _ in backoff.delay(afterAttempt: 1, using: &chance) }
        #expect(delays.allSatisfy { $0 >= .seconds(8) && $0 <= .seconds(10) })
        #expect(Set(delays).count > 190)
        #expect(delays.contains { $0 < .milliseconds(8_500) } && delays.contains { $0 > .milliseconds(9_500) })
    }

    @Test("are never negative, nor longer than the maximum, whatever they are made of")
    func limits() {
        var chance = Chance()
        let odd = [
            Backoff(initial: .seconds(100), maximum: .seconds(5), jitter: 7),
            Backoff(initial: .seconds(1), factor: 1_000_000, maximum: .seconds(5), jitter: -1),
            Backoff(initial: .zero, maximum: .zero),
        ]
        for backoff in odd {
            for attempt in [-1, 0, 1, 2, 50] {
                let delay = backoff.delay(afterAttempt: attempt, using: &chance)
                #expect(delay >= .zero && delay <= .seconds(5))
            }
        }
    }

    @Test("stand what is no number, or without end")
    func oddNumbers() {
        var chance = Chance()
        let odd = [
            Backoff(initial: .seconds(1), factor: .infinity, maximum: .seconds(5)),
            Backoff(initial: .seconds(1), factor: -.infinity, maximum: .seconds(5)),
            Backoff(initial: .seconds(1), factor: .nan, maximum: .seconds(5)),
            Backoff(initial: .zero, factor: .infinity, maximum: .seconds(5)),
            Backoff(initial: .seconds(1), factor: 1, maximum: .seconds(5), jitter: .nan),
            Backoff(initial: .seconds(1), maximum: .seconds(5), jitter: .infinity),
            Backoff(initial: .seconds(-1), maximum: .seconds(5)),
            Backoff(initial: .seconds(Int64.max), factor: 1_000, maximum: .seconds(5)),
            Backoff(initial: .seconds(1), maximum: .seconds(-5)),
        ]
        for backoff in odd {
            for attempt in [1, 2, 3, 50, Int.max] {
                let delay = backoff.delay(afterAttempt: attempt, using: &chance)
                #expect(delay >= .zero && delay <= .seconds(5))
            }
        }
        let endless = Backoff(initial: .seconds(1), factor: 1e300, maximum: .seconds(Int64.max), jitter: 0)
        let delays = [1, 2, 3].map { endless.delay(afterAttempt: $0, using: &chance) }
        // What is longer than anything waits is cut.
        #expect(delays == [.seconds(1), .seconds(1 << 31), .seconds(1 << 31)])
    }
}
