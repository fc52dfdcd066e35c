internal import Queuert

/// The backups of a pool that run: the log isn't ended meanwhile, and who closes the pool waits for them.
final class SQLiteBackups: Sendable {
    private struct State {
        var running = 0
        var isClosed = false
        /// Who closes the pool.
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let state = Locked(State())

    /// Whether there is a backup that runs.
    var isAnyRunning: Bool { state.withLock { $0.running > 0 } }

    /// Makes a backup.
    ///
    /// - Throws: What the body throws, or ``SQLiteError`` if the pool was closed.
    func run<R>(_ body: () async throws -> R) async throws -> R {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.running += 1 }
            return state.isClosed
        }
        if isClosed { throw SQLiteConnection.closedError }
        defer { end() }
        return try await body()
    }

    private func end() {
        let waiting = state.withLock { state -> CheckedContinuation<Void, Never>? in
            state.running -= 1
            guard state.running == 0 else { return nil }
            defer { state.waiting = nil }
            return state.waiting
        }
        waiting?.resume()
    }

    /// Refuses further backups, and waits for those that run; to be called once.
    func close() async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let isOver = state.withLock { state in
                state.isClosed = true
                if state.running > 0 { state.waiting = continuation }
                return state.running == 0
            }
            if isOver { continuation.resume() }
        }
    }
}
