internal import Queuert

/// What a connection is used for, from when it is lent until it is given back, and what it sends therefore.
///
/// Belongs to one ``PostgresConnection`` and is used on its thread only.
final class PostgresSession {
    enum Scope {
        case unused
        /// A transaction that may write, begun with the first statement.
        case transaction(TransactionEffects)
        /// One operation of the queue, which the server commits by itself.
        case operation(TransactionEffects)
        /// Transactions that the user begins and ends.
        case manual(TransactionEffects)
        /// Statements that only read.
        case read
    }
    let handle: PostgresHandle
    /// Makes a further connection, for who has lost this one and is to find out what came of a transaction.
    let reconnect: () throws -> PostgresHandle
    /// How long it is tried to find that out.
    let patience: Duration
    private(set) var scope = Scope.unused
    /// What the next statement takes along: the beginnings and ends of transactions and savepoints, and what was left for
    /// later.
    var pending: [PostgresCommand] = []
    /// Whether a transaction is open on the server.
    var isBegun = false
    /// Why the open transaction can't go on.
    var transactionFailure: PostgresError?
    /// Whether the transaction was committed with its last statement, before its body has returned.
    var hasCommitted = false
    /// The server's number of the open transaction, if an operation has told it.
    var transactionID: Int64?
    /// Whether the transaction that the user ended last was rolled back.
    private(set) var wasRolledBack = false
    /// Whether something was to be written that the server, or the session's settings, does not let through.
    private var isReadOnly = false

    /// Tells apart the runs of a server between which numbers of transactions may be given anew: after a crash, and where a
    /// standby took over.
    let serverRun: String?
    /// The server's process; `nil` if it can't be told apart.
    let process: ServerProcess?
    /// Whether a statement in no transaction sees the latest state: the database, the role or the address may say otherwise.
    let isReadCommittedByDefault: Bool

    init(_ handle: PostgresHandle, patience: Duration, reconnect: @escaping () throws -> PostgresHandle) {
        self.handle = handle
        self.patience = patience
        self.reconnect = reconnect
        let commands = [Self.settingsQuery, Self.serverRunQuery].map {
            PostgresCommand(query: PostgresQuery($0, isPrepared: false))
        }
        let answer = try? handle.run(commands + [PostgresCommand(query: ServerProcess.query())])
        let results = answer?.results ?? []
        let settings = results.first?.first
        isReadCommittedByDefault = settings?.text(0).hasPrefix("read ") ?? false
        // Whoever may not see that has `nil` for all.
        serverRun = results.count > 1 ? results[1].first?.optionalText(0) : nil
        let row = results.count > 2 ? results[2].first : nil
        process = row.flatMap { ServerProcess($0, announcedNumber: handle.backendPID) }
        if let settings { makeReadable(dateStyle: settings.text(1), bytes: settings.text(2)) }
    }

    private static let settingsQuery = """
        SELECT current_setting('default_transaction_isolation'), current_setting('DateStyle'),
            current_setting('bytea_output')
        """

    /// Has the server write dates and bytes as they are read here, where it would write them otherwise.
    ///
    /// PgBouncer takes the style of dates along to whichever of the server's connections is used, and no setting for
    /// bytes.
    private func makeReadable(dateStyle: String, bytes: String) {
        var statements: [String] = []
        if !dateStyle.hasPrefix("ISO") { statements.append("SET DateStyle TO ISO") }
        if bytes != "hex", process != nil { statements.append("SET bytea_output TO hex") }
        if statements.isEmpty { return }
        // If it is lost meanwhile, whoever made the connection finds that out.
        _ = try? handle.run(statements.map { PostgresCommand(query: PostgresQuery($0, isPrepared: false)) })
    }

    /// A query for what changes with each run: the timeline, and when the statistics began, which a crash resets.
    static let serverRunQuery = """
        SELECT concat_ws(' ',
            CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END,
            extract(epoch FROM stats_reset))
        FROM pg_stat_wal
        """

    /// Whether the connection has failed, or is in a state in which nobody else may have it.
    ///
    /// One that does not write would not do so when the server does again, or the address leads to one that does.
    var isBroken: Bool { handle.failure != nil || handle.transactionState != .none || isReadOnly }

    func start(_ scope: Scope, _ pending: [PostgresQuery] = []) {
        self.scope = scope
        self.pending = pending.map { PostgresCommand(query: $0) }
        wasRolledBack = false
        isBegun = false
        hasCommitted = false
        transactionFailure = nil
        transactionID = nil
    }

    func finish() {
        scope = .unused
        pending = []
    }

    // MARK: Sending

    /// Runs one command, with what is pending before it.
    func send(_ command: PostgresCommand) throws -> PostgresResult {
        // A command that returned has a result.
        try send([command])[0]
    }

    /// Runs commands in one round trip, with what is pending before them.
    func send(_ commands: [PostgresCommand]) throws -> [PostgresResult] {
        let prefix = pending
        return try track {
            let (results, failure) = try handle.run(prefix.isEmpty ? commands : prefix + commands)
            // The server has done what comes before the one that failed.
            pending.removeFirst(min(prefix.count, results.count))
            if case .manual = scope {
                followUser(results.map(\.tag), hasFailed: failure != nil)
            } else if !prefix.isEmpty, !results.isEmpty {
                isBegun = handle.transactionState != .none
            }
            if let failure { throw failure }
            return prefix.isEmpty ? results : Array(results.dropFirst(prefix.count))
        }
    }

    /// Runs one of the queue's statements.
    func run(_ query: PostgresQuery, _ parameters: PostgresParameters = PostgresParameters()) throws -> PostgresResult {
        // A command that returned has a result.
        try run([PostgresCommand(query: query, parameters: parameters)])[0]
    }

    /// Runs some of the queue's statements in one round trip.
    ///
    /// Those that conflict with another transaction are run again if they are all of their transaction so far, since nothing
    /// of them is written then.
    func run(_ commands: [PostgresCommand]) throws -> [PostgresResult] {
        if case .operation = scope, !isReadCommittedByDefault, isUnbegun { return try whole { try send(commands) } }
        let (beginning, isFirst) = (pending, isUnbegun)
        var attempts = 1
        while true {
            do {
                return try send(commands)
            } catch let error as PostgresError where error.isTransient && (isFirst || !isBegun) && attempts < 10 {
                attempts += 1
                beginAnew(with: beginning)
            }
        }
    }

    /// Whether the server commits the next statement by itself.
    var commitsEachStatement: Bool {
        switch scope {
        case .operation, .manual: !isBegun && pending.isEmpty
        case .unused, .transaction, .read: false
        }
    }

    /// Whether nothing of the transaction was sent but what the next statement takes along to begin it.
    var isUnbegun: Bool {
        switch scope {
        case .operation: !isBegun && pending.isEmpty
        case .transaction: !isBegun && !hasCommitted && pending.count == 1
        case .unused, .manual, .read: false
        }
    }

    /// Undoes a transaction of which there is nothing yet but what conflicted with another one.
    func beginAnew(with beginning: [PostgresCommand]) {
        rollBack()
        transactionFailure = nil
        transactionID = nil
        pending = beginning
        PostgresHandle.pause(microseconds: 1_000...10_000)
    }

    /// Runs a command whose result nobody needs: in a transaction, together with the next one or the commit.
    func runLater(_ command: PostgresCommand) throws {
        if isBegun {
            pending.append(command)
        } else {
            _ = try run(command.query, command.parameters)
        }
    }

    /// Runs statements without parameters.
    func run(script: String) throws {
        try sendPending()
        guard case .manual(let effects) = scope else {
            try track {
                let (tags, failure) = try handle.run(script: script)
                try refuseTransaction(tags, of: script)
                if let failure { throw failure }
            }
            return try checkThatTransactionIsOpen()
        }
        let wasUntold = !effects.isEmpty
        // Afterwards nothing could be told any more of the transaction that has ended.
        if wasUntold, PostgresStatementKind.isChained(script) {
            throw ManualTransactionError(reason: .effectsForgotten)
        }
        let tags = try track {
            do {
                let (tags, failure) = try handle.run(script: script)
                if let failure { throw failure }
                return tags
            } catch {
                followUser([], hasFailed: true)
                throw error
            }
        }
        followUser(tags)
        if wasUntold, tags.contains(where: { $0 == "BEGIN" || $0 == "START TRANSACTION" }) {
            throw ManualTransactionError(reason: .effectsForgotten)
        }
    }

    /// Gives the transaction up if a script has ended it or begun another one, as what the server did tells.
    private func refuseTransaction(_ tags: [String], of script: String) throws {
        let isOther = tags.contains { ["BEGIN", "START TRANSACTION", "COMMIT"].contains($0) }
        // The rollback of a savepoint is called the same as one that begins the next transaction.
        guard isOther || tags.contains("ROLLBACK") && PostgresStatementKind.isChained(script) else { return }
        isBegun = handle.transactionState != .none
        transactionFailure = PostgresError.transactionEnded
        throw PostgresError.transactionEnded
    }

    /// Writes rows in COPY's binary format, whose parts a body sends.
    func copy(_ sql: String, _ body: (_ send: ([UInt8]) throws -> Void) throws -> Void) throws {
        try sendPending()
        try track { try handle.copy(sql, body) }
    }

    private static let nothing = PostgresQuery("SELECT", isPrepared: false)

    /// Sends what is pending by itself, before something that can't take it along.
    private func sendPending() throws {
        if pending.isEmpty { return }
        _ = try send(PostgresCommand(query: Self.nothing))
    }

    /// Notes why the transaction can't go on.
    private func track<R>(_ body: () throws -> R) throws -> R {
        // The server would commit by itself what follows.
        if hasCommitted || transactionFailure?.code == .transactionEnded { throw PostgresError.transactionEnded }
        let commitsEachStatement = self.commitsEachStatement
        do {
            return try body()
        } catch let failure as PostgresError {
            let isUnknown = commitsEachStatement && failure.code == .connectionLost
            let error = isUnknown ? PostgresError.commitUnknown(after: failure) : failure
            if transactionFailure == nil, isBegun || isLost(error) { transactionFailure = error }
            noteIfReadOnly(error)
            throw error
        }
    }

    /// Whether there is no transaction any more after an error: its connection is of no use, or was given up.
    func isLost(_ error: PostgresError) -> Bool { error.isFatal || handle.failure != nil }

    func noteIfReadOnly(_ error: PostgresError) {
        if case .read = scope { return }
        if error.code == .readOnly { isReadOnly = true }
    }

    /// Gives the connection up because nobody answers, and with it the transaction.
    func giveUp(after timeout: Duration) -> PostgresError {
        let error = handle.giveUp(after: timeout)
        if transactionFailure == nil { transactionFailure = error }
        return error
    }

    /// Notes what the user's own statements did to the transaction.
    private func followUser(_ tags: [String], hasFailed: Bool = false) {
        let state = handle.transactionState
        // A COMMIT that fails has rolled back.
        if isBegun, state == .none, hasFailed { wasRolledBack = true }
        isBegun = state != .none
        if state != .failed, handle.failure == nil { transactionFailure = nil }
        // A COMMIT of a transaction that had failed is answered with ROLLBACK, and so is the rollback of a savepoint.
        if !isBegun, let end = tags.last(where: { $0 == "COMMIT" || $0 == "ROLLBACK" }) {
            wasRolledBack = end == "ROLLBACK"
        }
    }

    /// The user may have ended the transaction where that could not be seen beforehand.
    func checkThatTransactionIsOpen() throws {
        if isBegun, handle.transactionState == .none {
            isBegun = false
            transactionFailure = PostgresError.transactionEnded
            throw PostgresError.transactionEnded
        }
    }
}
