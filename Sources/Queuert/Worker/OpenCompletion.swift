internal import Synchronization

/// The transaction of a staged attempt's `complete`, which stays open until the handler returns.
///
/// The transaction runs in a task of its own, because a transaction is a closure and the handler is around it. That task
/// ends before the handler's attempt does: ``commit()`` or ``rollBack(_:)`` is called once the handler is over.
final class OpenCompletion: Sendable {
    private struct State {
        var task: Task<Void, any Error>?
        /// Whether all is written that is to be committed.
        var isWritten = false
        var hasEnded = false
        var writer: CheckedContinuation<Void, Never>?
        var verdict: Result<Void, any Error>?
        var judged: CheckedContinuation<Void, any Error>?
    }
    private let state = Mutex(State())

    /// Runs a transaction until it has written all, and leaves it open.
    ///
    /// - Parameter transaction: Runs the transaction; it calls ``untilJudged()`` inside, last of all.
    /// - Throws: What the transaction failed with.
    func open(_ transaction: @escaping @Sendable () async throws -> Void) async throws {
        let task = Task { [self] in
            defer { end() }
            try await transaction()
        }
        state.withLock { $0.task = task }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isWritten || state.hasEnded { return true }
                    state.writer = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            task.cancel()
        }
        if !state.withLock({ $0.isWritten }) { try await task.value }
    }

    /// Waits, inside the transaction, until the handler is over.
    ///
    /// Not cut short by cancellation, since the handler may return all the same.
    ///
    /// - Throws: What the transaction is to be undone for.
    func untilJudged() async throws {
        let writer = state.withLock { state in
            state.isWritten = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
        try await withCheckedThrowingContinuation { continuation in
            let verdict = state.withLock { state in
                if state.verdict == nil { state.judged = continuation }
                return state.verdict
            }
            if let verdict { continuation.resume(with: verdict) }
        }
    }

    private func end() {
        let writer = state.withLock { state in
            state.hasEnded = true
            defer { state.writer = nil }
            return state.writer
        }
        writer?.resume()
    }

    /// The handler has returned: commits the transaction.
    ///
    /// - Throws: What it failed with.
    func commit() async throws {
        guard let task = judge(.success(())) else { return }
        // What cancels the handler from now on comes too late.
        try await task.value
    }

    /// The handler has failed: undoes the transaction, if there is one.
    func rollBack(_ error: any Error) async {
        guard let task = judge(.failure(error)) else { return }
        _ = await task.result
    }

    private func judge(_ verdict: Result<Void, any Error>) -> Task<Void, any Error>? {
        let (task, judged) = state.withLock { state in
            state.verdict = verdict
            defer { state.judged = nil }
            return (state.task, state.judged)
        }
        judged?.resume(with: verdict)
        return task
    }
}
