internal import Dispatch
internal import Synchronization

/// Waits for asynchronous calls on threads that are not of Swift's pool, which would have nobody left to make the calls.
enum BlockingCall {
    /// Makes a call, and blocks the thread until it has returned.
    static func wait<R: Sendable>(_ body: @escaping @Sendable () async throws -> R) throws -> R {
        let outcome = Outcome<R>()
        let semaphore = DispatchSemaphore(value: 0)
        // Unstructured because the thread belongs to no task.
        Task {
            do {
                let value = try await body()
                outcome.result.withLock { $0 = .success(value) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
            semaphore.signal()
        }
        semaphore.wait()
        guard let result = outcome.result.withLock({ $0 }) else {
            preconditionFailure("A call that has returned has a result.")
        }
        return try result.get()
    }

    private final class Outcome<R: Sendable>: Sendable {
        let result = Mutex<Result<R, any Error>?>(nil)
    }
}
