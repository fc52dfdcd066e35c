import Dispatch
import Synchronization

/// Runs calls that may block for long, so that none of them holds a thread of Swift's pool, which has one for each core.
enum BlockingCall {
    /// Runs a call on a thread that may block, and waits for it; a task that is cancelled no longer waits.
    ///
    /// - Parameter body: The call.
    /// - Returns: What the call returns.
    /// - Throws: What the call throws, or `CancellationError`.
    static func run<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        let waiter = Waiter<R>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.wait(continuation)
                // A read from a pipe that nobody writes to can't be called off: its thread stays until the process ends.
                DispatchQueue.global().async { waiter.resume(Result { try body() }) }
            }
        } onCancel: {
            waiter.resume(.failure(CancellationError()))
        }
    }

    /// Resumes a continuation with the first result of several.
    private final class Waiter<R: Sendable>: Sendable {
        private struct State {
            var continuation: CheckedContinuation<R, any Error>?
            var result: Result<R, any Error>?
        }
        private let state = Mutex(State())

        func wait(_ continuation: CheckedContinuation<R, any Error>) {
            let result = state.withLock { state in
                if state.result == nil { state.continuation = continuation }
                return state.result
            }
            if let result { continuation.resume(with: result) }
        }

        func resume(_ result: Result<R, any Error>) {
            let continuation = state.withLock { state in
                guard state.result == nil else { return nil as CheckedContinuation<R, any Error>? }
                state.result = result
                return state.continuation.take()
            }
            continuation?.resume(with: result)
        }
    }
}
