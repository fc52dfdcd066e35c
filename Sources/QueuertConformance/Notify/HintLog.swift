import Queuert

/// The hints that a listener was given, and a way to wait for more of them.
final class HintLog: Sendable {
    private let hints: AsyncStream<WakeHint>
    private let continuation: AsyncStream<WakeHint>.Continuation

    init() { (hints, continuation) = AsyncStream.makeStream() }

    var listener: @Sendable (WakeHint) -> Void {
        { [continuation] hint in continuation.yield(hint) }
    }

    /// Waits until the listener was told of all of a hint, in however many hints; numbers of jobs add up.
    func wait(for expected: WakeHint) async throws -> WakeHint {
        var seen = WakeHint()
        for await hint in hints {
            seen.formUnion(hint)
            // Whatever the service is like, a gap is no part of what was sent.
            seen.isGap = false
            let numbers = seen.dueJobs
            if seen.dueTypes.isSuperset(of: expected.dueTypes),
                expected.dueJobs.allSatisfy({ numbers[$0.key, default: .max] >= $0.value }),
                seen.completedChains.isSuperset(of: expected.completedChains),
                seen.lostLeases.isSuperset(of: expected.lostLeases)
            {
                return seen
            }
        }
        throw ConformanceFailure("Expected the listener to be told of \(expected), but it was told of \(seen) only.")
    }

    /// Waits until the listener was told that hints may have been lost.
    func waitForGap() async throws {
        for await hint in hints where hint.isGap { return }
        throw ConformanceFailure("Expected the listener to be told that hints may have been lost.")
    }

    /// All hints until now; none can be waited for afterwards.
    func drain() async -> [WakeHint] {
        continuation.finish()
        var all: [WakeHint] = []
        for await hint in hints { all.append(hint) }
        return all
    }
}
