internal import CLibPQ
import Dispatch
internal import Queuert

/// Asks the server to end the statement that runs on a connection; from any thread.
///
/// Only users' statements are ended: the queue's own are short, and one that writes an attempt's end is to be written.
final class PostgresCanceller: Sendable {
    private struct State {
        /// What asks the server, while the connection is open.
        var request: (@Sendable () -> Void)?
        var isRunning = false
        /// Who uses the connection, counted from one; nobody once the use has ended.
        var use: UInt64?
        var lastUse: UInt64 = 0
    }
    private let state = Locked(State())
    /// A thread of its own, since `PQcancel` connects and waits; one for all, since it is rare.
    static let queue = DispatchQueue(label: "queuert.postgres.cancel")

    func attach(to connection: OpaquePointer) {
        let request = CancelRequest(connection)
        attach { request.send() }
    }

    func attach(_ request: @escaping @Sendable () -> Void) { state.withLock { $0.request = request } }

    func detach() { state.withLock { $0.request = nil } }

    /// Notes that somebody uses the connection from now on, until ``end()``.
    ///
    /// - Returns: The use, by which it can be cancelled.
    func begin() -> UInt64 {
        state.withLock { state in
            state.lastUse += 1
            state.use = state.lastUse
            return state.lastUse
        }
    }

    func end() { state.withLock { $0.use = nil } }

    /// Runs a statement that may be cancelled.
    func whileCancellable<R>(_ body: () throws -> R) rethrows -> R {
        state.withLock { $0.isRunning = true }
        // Waits for a request that is on its way, so that it can't hit the next statement.
        defer { state.withLock { $0.isRunning = false } }
        return try body()
    }

    /// Ends the statement of a use that runs, if one does, and returns at once.
    ///
    /// By the time that the request is made, the connection may be somebody else's, whose statements go on.
    func cancel(_ use: UInt64) {
        Self.queue.async { [state] in
            state.withLock { state in
                if state.isRunning, state.use == use { state.request?() }
            }
        }
    }
}

/// `PGcancel`, which libpq documents as safe to be used from any thread while its connection is used by another.
private final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer?

    init(_ connection: OpaquePointer) { pointer = PQgetCancel(connection) }

    deinit { PQfreeCancel(pointer) }

    func send() {
        guard let pointer else { return }
        var message = [CChar](repeating: 0, count: 256)
        // If it fails, the statement goes on: cancelling is cooperative.
        _ = PQcancel(pointer, &message, Int32(message.count))
    }
}
