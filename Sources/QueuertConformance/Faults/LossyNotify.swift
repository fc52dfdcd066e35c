public import Queuert

/// Loses some hints, delivers others twice, and some late, as a network may.
///
/// Hints are only hints: one that is lost costs the poll interval, and nothing else.
public struct LossyNotify: NotifyAdapter {
    private let base = InProcessNotify()
    private let random: Locked<FastRandom>

    /// Makes an adapter.
    ///
    /// - Parameter seed: Where chance begins.
    public init(seed: UInt64) { random = Locked(FastRandom(seed: seed)) }

    /// Sends a hint to all listeners: now, later, twice or not at all.
    ///
    /// - Parameter hint: What happened.
    public func send(_ hint: WakeHint) {
        let chance = random.withLock { Int.random(in: 0..<4, using: &$0) }
        if chance == 0 { return }
        if chance > 1 { base.send(hint) }
        guard chance < 3 else { return }
        Task {
            await Task.yield()
            base.send(hint)
        }
    }

    /// Calls a listener for the hints that arrive while a body runs.
    ///
    /// - Parameters:
    ///   - listener: Called on any thread. Must return at once.
    ///   - body: What to run meanwhile.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await base.withListener(listener, body)
    }
}
