internal import Logging
internal import Queuert
import Synchronization

/// A bounded number of connections, and those who wait for one.
final class PostgresConnections: Sendable {
    private struct State: ~Copyable {
        var pool: PoolState<PostgresConnection>
        var waiters: [UInt64: CheckedContinuation<PostgresConnection?, any Error>] = [:]
        /// Tickets that were given up before they got in line.
        var givenUp: Set<UInt64> = []
        var lastTicket: UInt64 = 0
        var reaper: Task<Void, Never>?
        /// Those who wait until the last connection of a pool that ends is closed.
        var drained: [CheckedContinuation<Void, Never>] = []
        /// Why no connection could be made the last time, until one is made.
        var lastFailure: PostgresError?

        /// Why a task that waited for a connection got none: those that there are may be in use, or just be tried to be made.
        var whyNobodyWasServed: PostgresError {
            lastFailure
                ?? PostgresError(
                    code: .poolExhausted, reason: "all connections of the pool were in use for too long",
                    hint: "Keep transactions short, or raise `maximumConnections` or `acquisitionTimeout`.")
        }
    }
    private let state: Mutex<State>
    private let connectionString: String
    private let configuration: PostgresPool.Configuration
    private let logger: Logger
    let roundTrips = RoundTripCounter()

    init(
        connectionString: String, _ configuration: PostgresPool.Configuration, minimum: Int, maximum: Int,
        logger: Logger
    ) {
        self.connectionString = connectionString
        self.configuration = configuration
        self.logger = logger
        state = Mutex(State(pool: PoolState(minimum: minimum, maximum: maximum)))
    }

    deinit { state.withLock { $0.reaper?.cancel() } }

    var count: Int { state.withLock { $0.pool.count } }
    var waitingCount: Int { state.withLock { $0.pool.waitingCount } }
    var closingCount: Int { state.withLock { $0.drained.count } }

    /// Lends a connection to a body; another one if it returns `nil`, because the connection was lost meanwhile.
    func withConnection<R: Sendable>(
        _ body: (PostgresConnection) async -> Outcome<R>?
    ) async throws -> Outcome<R> {
        let deadline = ContinuousClock.now + configuration.acquisitionTimeout
        while true {
            let connection = try await lease(until: deadline)
            guard let outcome = await body(connection) else {
                await drop(connection)
                continue
            }
            if outcome.isConnectionBroken { await drop(connection) } else { await giveBack(connection) }
            return outcome
        }
    }

    // MARK: Leases

    private func lease(until deadline: ContinuousClock.Instant) async throws -> PostgresConnection {
        while true {
            let lease = state.withLock { $0.pool.lease(at: .now) }
            switch lease {
            case .use(let connection): return connection
            case .refuse: throw PostgresError.closed
            case .open:
                do { return try await open() } catch { if .now >= deadline || !Self.mayPass(error) { throw error } }
            case .pause(let end):
                do {
                    guard end < deadline else { throw lastFailure }
                    try await Task.sleep(until: end)
                } catch {
                    serve(state.withLock { $0.pool.passOn(at: .now) })
                    throw error
                }
            case .wait:
                if let connection = try await wait(until: deadline) { return connection }
            }
        }
    }

    /// Whether it may help to try again: a server that starts or is out of reach, other than a wrong password.
    private static func mayPass(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.isFatal && !error.isFinal
    }

    private var whyNobodyWasServed: PostgresError { state.withLock { $0.whyNobodyWasServed } }

    private var lastFailure: PostgresError {
        state.withLock { $0.lastFailure }
            ?? PostgresError(
                code: .cannotConnect, reason: "no connection to the server could be made in time",
                hint: "Check that it runs, and the connection string.")
    }

    private func open() async throws -> PostgresConnection {
        do {
            let connection = try PostgresConnection()
            try await connection.connect(
                configuration, connectionString: connectionString, counter: roundTrips, logger: logger)
            let turn = state.withLock { state in
                state.lastFailure = nil
                if state.reaper == nil { state.reaper = makeReaper() }
                return state.pool.opened(at: .now)
            }
            serve(turn)
            return connection
        } catch {
            let (turn, pauseEnd) = state.withLock { state in
                state.lastFailure = error as? PostgresError
                return (state.pool.failedToOpen(at: .now, jitter: Double.random(in: 0...1)), state.pool.notBefore)
            }
            logger.warning(
                "A connection to the database could not be made.",
                metadata: ["error.message": "\((error as? PostgresError)?.description ?? "")"])
            serve(turn)
            if let pauseEnd { passOn(at: pauseEnd) }
            resumeIfDrained()
            throw error
        }
    }

    /// Has the next one in line try again when a pause is over: the connections that there are may be in use for long.
    private func passOn(at end: ContinuousClock.Instant) {
        Task { [weak self] in
            guard (try? await Task.sleep(until: end)) != nil, let self else { return }
            serve(state.withLock { $0.pool.passOn(at: .now) })
        }
    }

    /// Waits for a turn.
    ///
    /// - Returns: The connection; `nil` if it is to be tried again to get one.
    private func wait(until deadline: ContinuousClock.Instant) async throws -> PostgresConnection? {
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        // Not a child task, which would have to be waited for: whoever is served goes on at once.
        let timer = Task { [weak self] in
            if (try? await Task.sleep(until: deadline)) != nil {
                self?.giveUp(ticket, self?.whyNobodyWasServed ?? .closed)
            }
        }
        defer { timer.cancel() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer = state.withLock { state -> Result<PostgresConnection?, any Error>? in
                    if state.givenUp.remove(ticket) != nil || Task.isCancelled { return .failure(CancellationError()) }
                    if state.pool.isClosed { return .failure(PostgresError.closed) }
                    // The timer may have been before the ticket.
                    if .now >= deadline { return .failure(state.whyNobodyWasServed) }
                    // A connection may have been given back, or lost, since this task was told to wait.
                    guard state.pool.wait(ticket, at: .now) else { return .success(nil) }
                    state.waiters[ticket] = continuation
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            giveUp(ticket, CancellationError())
        }
    }

    private func giveUp(_ ticket: UInt64, _ error: any Error) {
        let continuation = state.withLock { state -> CheckedContinuation<PostgresConnection?, any Error>? in
            guard state.pool.giveUp(ticket) else {
                // Not yet in line, or served already; the number is never used again.
                if state.waiters[ticket] == nil, error is CancellationError { state.givenUp.insert(ticket) }
                return nil
            }
            return state.waiters.removeValue(forKey: ticket)
        }
        continuation?.resume(throwing: error)
    }

    private func serve(_ turn: PoolState<PostgresConnection>.Turn?) {
        guard let turn else { return }
        let (ticket, connection): (UInt64, PostgresConnection?) =
            switch turn {
            case .use(let ticket, let connection): (ticket, connection)
            case .retry(let ticket): (ticket, nil)
            }
        state.withLock { $0.waiters.removeValue(forKey: ticket) }?.resume(returning: connection)
    }

    private func giveBack(_ connection: PostgresConnection) async {
        let (turn, closes) = state.withLock { $0.pool.takeBack(connection, at: .now) }
        serve(turn)
        if closes { await close(connection) }
    }

    private func drop(_ connection: PostgresConnection) async {
        serve(state.withLock { $0.pool.drop(at: .now) })
        await close(connection)
    }

    private func close(_ connection: PostgresConnection) async {
        await connection.disconnect()
        resumeIfDrained()
    }

    /// Tells those who end the pool that there is no connection any more.
    private func resumeIfDrained() {
        let drained = state.withLock { state -> [CheckedContinuation<Void, Never>] in
            guard state.pool.isClosed, state.pool.count == 0 else { return [] }
            defer { state.drained = [] }
            return state.drained
        }
        for continuation in drained { continuation.resume() }
    }

    // MARK: Idle connections

    /// Closes what nobody uses; ends with the pool.
    private func makeReaper() -> Task<Void, Never> {
        let interval = max(configuration.idleTimeout / 2, .milliseconds(100))
        return Task.detached { [weak self, configuration] in
            while (try? await Task.sleep(for: interval)) != nil {
                guard let self else { return }
                let limit = ContinuousClock.now - configuration.idleTimeout
                for connection in state.withLock({ $0.pool.reap(idleSince: limit) }) { await connection.disconnect() }
            }
        }
    }

    /// Closes all connections, those that are used when they are given back, and returns then.
    func close() async {
        let (connections, continuations) = state.withLock { state in
            state.reaper?.cancel()
            let (connections, tickets) = state.pool.close()
            return (connections, tickets.compactMap { state.waiters.removeValue(forKey: $0) })
        }
        for continuation in continuations { continuation.resume(throwing: PostgresError.closed) }
        for connection in connections { await connection.disconnect() }
        await withCheckedContinuation { continuation in
            let isDrained = state.withLock { state in
                if state.pool.count == 0 { return true }
                state.drained.append(continuation)
                return false
            }
            if isDrained { continuation.resume() }
        }
    }
}
