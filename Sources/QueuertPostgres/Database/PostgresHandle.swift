internal import CLibPQ
internal import Logging

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A connection of libpq and its prepared statements.
///
/// Not thread-safe: it belongs to one ``PostgresConnection``, on whose thread all calls are made.
final class PostgresHandle {
    let connection: OpaquePointer
    private let logger: Logger
    /// How many statements are kept prepared; none where connections to the server are shared.
    private let cacheLimit: Int
    /// How long an answer may take, and how long the other side may take nothing of what is sent; `nil` if for ever.
    var answerTimeout: Duration? {
        // With a limit libpq itself must not wait: it knows none.
        didSet { if PQsetnonblocking(connection, answerTimeout == nil ? 0 : 1) != 0 { _ = lost() } }
    }
    /// The statement that runs, if it takes as long as it takes.
    var longStatement: LongStatement?
    /// The names of what is prepared; the query is kept too, or another one could come to have its identity.
    private var prepared: [ObjectIdentifier: (name: String, query: PostgresQuery)] = [:]
    private var lastName = 0
    /// Why the connection can't be used any more.
    var failure: PostgresError?
    /// The key that is taken, if that is why the last command failed that did.
    var takenKey: PostgresTakenKey?
    /// Whether the server has said, while nobody used the connection, that it ends it.
    private var hasSaidGoodbye = false
    /// When the server answered last.
    private var lastAnswer: ContinuousClock.Instant?
    /// How many times the server was waited for, for tests.
    private(set) var roundTrips = 0
    /// The same of all connections of the pool, for benchmarks.
    var totalRoundTrips: RoundTripCounter?
    /// What is told of the commands that are sent, for tests.
    var trace: (@Sendable (String) -> Void)?

    init(_ configuration: PostgresPool.Configuration, connectionString: String, logger: Logger) throws {
        // From here on a failure deinitialises the handle, which ends the connection.
        connection = try PostgresHandle.openConnection(configuration, connectionString)
        self.logger = logger
        cacheLimit = configuration.statementCacheLimit
        if PQstatus(connection) != CONNECTION_OK, let failure = failureToConnect(to: connectionString) {
            throw failure
        }
        listenToNotices()
        guard PQenterPipelineMode(connection) == 1 else {
            throw PostgresError(
                code: .unsupported, reason: "libpq is older than version 14", hint: "Install a later one.")
        }
    }

    deinit { PQfinish(connection) }

    private func listenToNotices() {
        // The context is the handle, not retained: the connection is ended only by the handle's deinitialiser.
        PQsetNoticeReceiver(
            connection,
            { context, result in
                guard let context, let result else { return }
                let handle = Unmanaged<PostgresHandle>.fromOpaque(context).takeUnretainedValue()
                handle.received(notice: PostgresError.ServerMessage(result))
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Logs what a notice is about; its text may hold the user's data, and is left out.
    private func received(notice: PostgresError.ServerMessage) {
        if notice.severity == "FATAL" || notice.severity == "PANIC" { hasSaidGoodbye = true }
        let level: Logger.Level = notice.severity == "WARNING" ? .warning : .debug
        logger.log(
            level: level, "The database sent a notice.",
            metadata: ["postgres.severity": "\(notice.severity)", "postgres.sqlstate": "\(notice.sqlState)"])
    }

    func countRoundTrip() {
        roundTrips += 1
        totalRoundTrips?.add()
    }

    /// The server's version, such as 150018.
    var serverVersion: Int { Int(PQserverVersion(connection)) }
    /// A setting that the server reports, such as the encoding.
    func reportedSetting(_ name: String) -> String? { PQparameterStatus(connection, name).map { String(cString: $0) } }
    /// The number of the server's process that was told when the connection was made, which may be a pooler's invention.
    var announcedProcessID: Int { Int(PQbackendPID(connection)) }
    var socket: Int32 { PQsocket(connection) }
    /// The number of the server's process, or what a pooler says it is.
    var backendPID: Int32 { PQbackendPID(connection) }

    enum TransactionState { case none, open, failed, unknown }

    /// What the server says of the transaction.
    var transactionState: TransactionState {
        switch PQtransactionStatus(connection) {
        case PQTRANS_IDLE: .none
        case PQTRANS_INTRANS: .open
        case PQTRANS_INERROR: .failed
        default: .unknown
        }
    }

    // MARK: Commands

    /// Runs commands in one round trip; those behind one that fails are not run.
    ///
    /// - Returns: What each came to, up to the first that failed, and why that did.
    func run(_ commands: [PostgresCommand]) throws -> (results: [PostgresResult], failure: PostgresError?) {
        if let failure { throw failure }
        var parts: [Part] = []
        parts.reserveCapacity(commands.count + 1)
        try handOver(commands.reduce(0) { $0 + $1.byteCount }) {
            for (index, command) in commands.enumerated() {
                trace?(command.query.text)
                try send(command, number: index, &parts)
            }
            guard PQpipelineSync(connection) == 1 else { throw lost() }
        }
        parts.append(.sync)
        defer { lastAnswer = .now }
        return try receive(parts, commands)
    }

    /// What the server answers, in order.
    private enum Part {
        case preparation(PostgresQuery, name: String)
        case forgetting
        case command(Int)
        case sync
    }

    private func send(_ command: PostgresCommand, number: Int, _ parts: inout [Part]) throws {
        let parameters = command.parameters
        let format: Int32 = command.isBinary ? 1 : 0
        var name = ""
        if command.query.isPrepared, cacheLimit > 0 {
            if let known = prepared[ObjectIdentifier(command.query)]?.name {
                name = known
            } else {
                if prepared.count >= cacheLimit {
                    prepared = [:]
                    guard PQsendQueryParams(connection, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 0) == 1 else {
                        throw lost()
                    }
                    parts.append(.forgetting)
                }
                lastName += 1
                name = "queuert_\(lastName)"
                guard
                    PQsendPrepare(connection, name, command.query.text, Int32(parameters.count), parameters.types) == 1
                else { throw lost() }
                parts.append(.preparation(command.query, name: name))
                // So that the same one is not prepared twice in one round trip.
                prepared[ObjectIdentifier(command.query)] = (name, command.query)
            }
        }
        let code = parameters.withPointers { values in
            name.isEmpty
                ? PQsendQueryParams(
                    connection, command.query.text, Int32(parameters.count), parameters.types, values,
                    parameters.lengths, parameters.formats, format)
                : PQsendQueryPrepared(
                    connection, name, Int32(parameters.count), values, parameters.lengths, parameters.formats, format)
        }
        guard code == 1 else { throw lost() }
        parts.append(.command(number))
    }

    private func receive(
        _ parts: [Part], _ commands: [PostgresCommand]
    ) throws -> (results: [PostgresResult], failure: PostgresError?) {
        countRoundTrip()
        var results: [PostgresResult] = []
        results.reserveCapacity(commands.count)
        var firstFailure: PostgresError?
        for part in parts {
            if case .sync = part {
                firstFailure = try receiveSync(commands) ?? firstFailure
                continue
            }
            let result = try onlyResult()
            let status = PQresultStatus(result)
            switch status {
            case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                let result = PostgresResult(result)
                if case .command = part { results.append(result) }
            default:
                if case .preparation(let query, _) = part { prepared[ObjectIdentifier(query)] = nil }
                if status != PGRES_PIPELINE_ABORTED, firstFailure == nil {
                    firstFailure = error(result, of: part, commands)
                }
                PQclear(result)
            }
        }
        return (results, firstFailure)
    }

    /// Reads to the end of a round trip.
    ///
    /// - Returns: Why the commit failed of what was a transaction by itself.
    private func receiveSync(_ commands: [PostgresCommand]) throws -> PostgresError? {
        var failure: PostgresError?
        // Whether the end of the error's results is still to come.
        var isOpen = false
        while true {
            guard let result = try nextResult() else {
                guard isOpen else { throw lost() }
                isOpen = false
                continue
            }
            defer { PQclear(result) }
            if PQresultStatus(result) == PGRES_PIPELINE_SYNC { return failure }
            isOpen = true
            failure = error(result, of: .command(commands.count - 1), commands)
            if let failure = self.failure { throw failure }
        }
    }

    private func error(_ result: OpaquePointer, of part: Part, _ commands: [PostgresCommand]) -> PostgresError {
        let query: PostgresQuery? =
            switch part {
            case .preparation(let query, _): query
            case .command(let number): commands[number].query
            case .forgetting, .sync: nil
            }
        let message = PostgresError.ServerMessage(result)
        if message.sqlState.isEmpty { return lost(sql: query?.text ?? "") }
        takenKey = message.takenKey
        // A plan that no longer fits the tables, or that another client of a shared connection has dropped.
        if let query, message.sqlState == "0A000" || message.sqlState == "26000" {
            prepared[ObjectIdentifier(query)] = nil
        }
        let error = PostgresError(message, sql: query?.text ?? "")
        if error.isFatal { failure = error }
        return error
    }

    /// The connection is of no use any more.
    func lost(sql: String = "") -> PostgresError {
        if let failure { return failure }
        let error = PostgresError.connectionLost(
            [String(cString: PQerrorMessage(connection)).trimmingLines].filter { !$0.isEmpty }, sql: sql)
        failure = error
        return error
    }

    /// Gives the connection up, whatever its state.
    func fail(_ error: PostgresError) { if failure == nil { failure = error } }

    /// Whether the server has closed the connection while nobody used it; costs no round trip.
    var hasEnded: Bool {
        if failure != nil || hasSaidGoodbye { return true }
        // Whoever runs one operation after the other need not look before each: it would be lost in the middle of one as well.
        if let lastAnswer, .now - lastAnswer < .milliseconds(1) { return false }
        var descriptor = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) > 0 else { return false }
        // Something came that nobody asked for: a notice, or the server's goodbye, which the end may follow later.
        guard PQconsumeInput(connection) == 1, PQstatus(connection) == CONNECTION_OK else { return true }
        // Has libpq read it.
        PQisBusy(connection)
        if hasSaidGoodbye { return true }
        descriptor.revents = 0
        guard poll(&descriptor, 1, 0) > 0 else { return false }
        return PQconsumeInput(connection) != 1 || PQstatus(connection) != CONNECTION_OK
    }

    /// Waits for a random time out of some, on the connection's own thread, which has nothing else to do.
    static func pause(microseconds: ClosedRange<UInt32>) { usleep(UInt32.random(in: microseconds)) }

    // MARK: Notifications

    /// Takes the notifications that have come, own ones too.
    func takeNotifications() -> [PostgresNotification] {
        var notifications: [PostgresNotification] = []
        while let notification = PQnotifies(connection) {
            defer { PQfreemem(notification) }
            guard let payload = notification.pointee.extra else { continue }
            notifications.append(
                PostgresNotification(sender: notification.pointee.be_pid, payload: String(cString: payload)))
        }
        return notifications
    }

    /// Takes in what has come while nothing was asked for.
    func consumeInput() throws {
        guard PQconsumeInput(connection) == 1 else { throw lost() }
    }
}

extension String {
    /// The text in one line.
    var trimmingLines: String {
        split(whereSeparator: \.isNewline).map { $0.drop { $0.isWhitespace } }.joined(separator: " ")
    }
}
