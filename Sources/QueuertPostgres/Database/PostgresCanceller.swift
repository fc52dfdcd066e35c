internal import CLibPQ
import Dispatch
internal import Queuert

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Asks the server to end the statement that runs on a connection; from any thread.
///
/// Only users' statements are ended: the queue's own are short, and one that writes an attempt's end is to be written.
final class PostgresCanceller: Sendable {
    private struct State {
        /// What asks the server, while the connection is open.
        var request: (@Sendable () -> Void)?
        var isRunning = false
        /// How many requests to end the statement that runs have begun.
        var requests = 0
        /// Who uses the connection, counted from one; nobody once the use has ended.
        var use: UInt64?
        var lastUse: UInt64 = 0
        var cancelledUse: UInt64?
    }
    private let state = Locked(State())
    /// Signalled for each request that has ended.
    private let requestEnded = DispatchSemaphore(value: 0)
    /// A thread while there is a request, since `PQcancel` connects and waits; one for each connection, since it waits without
    /// end where the other side has gone without a word.
    let queue = DispatchQueue(label: "queuert.postgres.cancel")
    private let interval: Duration

    /// Makes one for a connection.
    ///
    /// - Parameter interval: How often the server is asked to end what a use runs that was cancelled.
    init(interval: Duration = .milliseconds(100)) { self.interval = interval }

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

    /// Whether whoever uses the connection was cancelled.
    var isUseCancelled: Bool { state.withLock { $0.use != nil && $0.use == $0.cancelledUse } }

    /// Notes that a statement runs which may be cancelled, until ``endStatement(within:)``.
    func beginStatement() {
        state.withLock { state in
            state.isRunning = true
            state.requests = 0
        }
    }

    /// Whether the end of the statement that runs was asked for.
    var isCancelled: Bool { state.withLock { $0.requests > 0 } }

    /// Notes that the statement has ended, and waits for a request that is on its way, so that it can't hit the next one.
    ///
    /// - Parameter timeout: How long to wait; for as long as it takes if `nil`.
    /// - Returns: Whether none is on its way any more; otherwise the connection must not be used again.
    func endStatement(within timeout: Duration?) -> Bool {
        let requests = state.withLock { state in
            state.isRunning = false
            return state.requests
        }
        let end = timeout.map { DispatchTime.now() + $0 / Duration.seconds(1) } ?? .distantFuture
        return (0..<requests).allSatisfy { _ in requestEnded.wait(timeout: end) == .success }
    }

    /// Ends the statement of a use that runs, or begins later and takes long, and returns at once.
    ///
    /// By the time that the request is made, the connection may be somebody else's, whose statements go on.
    func cancel(_ use: UInt64) {
        state.withLock { state in
            if state.use == use { state.cancelledUse = use }
        }
        queue.async { self.askToEnd(use) }
    }

    /// Asks the server until the use is over: a request that gets there before the statement does nothing.
    private func askToEnd(_ use: UInt64) {
        let (request, isOver) = state.withLock { state -> ((@Sendable () -> Void)?, Bool) in
            guard state.use == use else { return (nil, true) }
            guard state.isRunning, let request = state.request else { return (nil, false) }
            state.requests += 1
            return (request, false)
        }
        if isOver { return }
        if let request {
            request()
            requestEnded.signal()
        }
        queue.asyncAfter(deadline: .now() + interval / Duration.seconds(1)) { self.askToEnd(use) }
    }
}

/// `PGcancel`, which libpq documents as safe to be used from any thread while its connection is used by another.
///
/// Unchecked, because pointers aren't Sendable: this one never changes, and is freed when nobody has it any more.
final class CancelRequest: @unchecked Sendable {
    private let pointer: OpaquePointer?

    init(_ connection: OpaquePointer) { pointer = PQgetCancel(connection) }

    deinit { PQfreeCancel(pointer) }

    /// Asks the server to end what runs on a connection that is given up, and returns at once.
    ///
    /// It does nothing if the connection's process has ended: whoever has its number by then has another secret.
    static func sendAside(to connection: OpaquePointer) {
        let request = CancelRequest(connection)
        // A thread of its own, as each connection has for its requests: this one may be waited for by nobody.
        let queue = DispatchQueue(label: "queuert.postgres.cancel")
        // A server that is too busy to have read the statement yet ignores the first request.
        for delay in [0, 1, 10] { queue.asyncAfter(deadline: .now() + .seconds(delay)) { request.send() } }
    }

    func send() {
        guard let pointer else { return }
        var message = [CChar](repeating: 0, count: 256)
        // If it fails, the statement goes on: cancelling is cooperative.
        withoutBrokenPipe { _ = PQcancel(pointer, &message, Int32(message.count)) }
    }
}

/// Runs a body that may write to a connection whose other end has closed it, of which a signal would tell, and end the
/// process.
private func withoutBrokenPipe(_ body: () -> Void) {
    var brokenPipe = sigset_t()
    var before = sigset_t()
    sigemptyset(&brokenPipe)
    sigaddset(&brokenPipe, SIGPIPE)
    let isBlocked = pthread_sigmask(SIG_BLOCK, &brokenPipe, &before) == 0
    body()
    guard isBlocked else { return }
    if sigismember(&before, SIGPIPE) == 0 {
        var pending = sigset_t()
        var number: Int32 = 0
        // It is the thread's own, and would come as soon as it is let through.
        if sigpending(&pending) == 0, sigismember(&pending, SIGPIPE) == 1 { sigwait(&brokenPipe, &number) }
    }
    pthread_sigmask(SIG_SETMASK, &before, nil)
}
