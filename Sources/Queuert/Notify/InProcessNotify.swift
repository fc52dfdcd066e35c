/// Tells workers and waiters of the same process.
public final class InProcessNotify: NotifyAdapter {
    private struct State {
        var nextID: UInt64 = 0
        var turn = 0
        var listeners: [UInt64: @Sendable (WakeHint) -> Void] = [:]
    }
    private let state = Locked(State())

    /// Makes an adapter with no listeners.
    public init() {}

    /// Calls each listener on the caller's thread.
    ///
    /// Workers share what they are told: as many are woken as jobs became due, if the hint says how many.
    ///
    /// - Parameter hint: What happened.
    public func send(_ hint: WakeHint) {
        let hint = hint.shared
        let (listeners, first) = state.withLock { state in
            state.turn += 1
            return (Array(state.listeners.values), state.turn % max(1, state.listeners.count))
        }
        // Not the same one first each time: who is told of a job that is due later is the one to look then.
        for listener in listeners[first...] { listener(hint) }
        for listener in listeners[..<first] { listener(hint) }
    }

    /// Calls a listener for each hint while a body runs.
    ///
    /// - Parameters:
    ///   - listener: Called on the sender's thread.
    ///   - body: What to run meanwhile.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            state.listeners[state.nextID] = listener
            return state.nextID
        }
        defer { state.withLock { _ = $0.listeners.removeValue(forKey: id) } }
        return try await body()
    }
}
