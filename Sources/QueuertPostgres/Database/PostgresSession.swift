internal import Queuert

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

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
    private(set) var pending: [PostgresCommand] = []
    /// Whether a transaction is open on the server.
    private(set) var isBegun = false
    /// Why the open transaction can't go on.
    private(set) var transactionFailure: PostgresError?
    /// Whether the transaction was committed with its last statement, before its body has returned.
    private(set) var hasCommitted = false
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
    private let isReadCommittedByDefault: Bool

    init(_ handle: PostgresHandle, patience: Duration, reconnect: @escaping () throws -> PostgresHandle) {
        self.handle = handle
        self.patience = patience
        self.reconnect = reconnect
        let queries = ["SELECT current_setting('default_transaction_isolation')", Self.serverRunQuery]
        let commands = queries.map { PostgresCommand(query: PostgresQuery($0, isPrepared: false)) }
        let answer = try? handle.run(commands + [PostgresCommand(query: ServerProcess.query())])
        let results = answer?.results ?? []
        isReadCommittedByDefault = results.first?.first?.text(0).hasPrefix("read ") ?? false
        // Whoever may not see that has `nil` for all.
        serverRun = results.count > 1 ? results[1].first?.optionalText(0) : nil
        let row = results.count > 2 ? results[2].first : nil
        process = row.flatMap { ServerProcess($0, announcedNumber: handle.backendPID) }
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

    /// Whether nothing of the transaction was sent but what the next statement takes along to begin it.
    private var isUnbegun: Bool {
        switch scope {
        case .operation: !isBegun && pending.isEmpty
        case .transaction: !isBegun && !hasCommitted && pending.count == 1
        case .unused, .manual, .read: false
        }
    }

    /// Undoes a transaction of which there is nothing yet but what conflicted with another one.
    private func beginAnew(with beginning: [PostgresCommand]) {
        rollBack()
        transactionFailure = nil
        transactionID = nil
        pending = beginning
        // The thread is the connection's own.
        usleep(UInt32.random(in: 1_000...10_000))
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
            _ = try track { try handle.run(script: script) }
            return try checkThatTransactionIsOpen()
        }
        let wasUntold = !effects.isEmpty
        let tags = try track {
            do {
                return try handle.run(script: script)
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

    /// Writes rows in COPY's binary format.
    func copy(_ sql: String, _ data: [UInt8]) throws {
        try sendPending()
        try track { _ = try handle.copy(sql, data) }
    }

    private static let nothing = PostgresQuery("SELECT", isPrepared: false)

    /// Sends what is pending by itself, before something that can't take it along.
    private func sendPending() throws {
        if pending.isEmpty { return }
        _ = try send(PostgresCommand(query: Self.nothing))
    }

    /// Notes why the transaction can't go on.
    private func track<R>(_ body: () throws -> R) throws -> R {
        if hasCommitted { throw PostgresError.transactionEnded }
        do {
            return try body()
        } catch let error as PostgresError {
            if transactionFailure == nil, isBegun || isLost(error) { transactionFailure = error }
            noteIfReadOnly(error)
            throw error
        }
    }

    /// Whether there is no transaction any more after an error: its connection is of no use, or was given up.
    private func isLost(_ error: PostgresError) -> Bool { error.isFatal || handle.failure != nil }

    private func noteIfReadOnly(_ error: PostgresError) {
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

    // MARK: Transactions

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

    private static let readOnly = PostgresQuery(
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", isPrepared: false)

    /// Has the user's statement that comes next begin a transaction in which all see the same state, if they only read.
    func beginIfReading() {
        if case .read = scope, !isBegun, pending.isEmpty { pending.append(PostgresCommand(query: Self.readOnly)) }
    }

    /// Has an operation of several statements begin a transaction, where none is open.
    func beginForSeveralStatements() {
        if case .operation = scope, !isBegun, pending.isEmpty {
            pending.append(PostgresCommand(query: PostgresPool.Isolation.readCommitted.beginning))
        }
    }

    private static let commitStatement = PostgresQuery("COMMIT", isPrepared: false)
    private static let rollbackStatement = PostgresQuery("ROLLBACK", isPrepared: false)

    /// Whether the open transaction can be committed along with its last statement.
    var canCommitWithStatement: Bool {
        guard case .transaction = scope, transactionFailure == nil, !hasCommitted else { return false }
        return handle.transactionState == (isBegun ? .open : .none)
    }

    /// Runs a transaction's last statement, and commits, in one round trip.
    ///
    /// - Parameters:
    ///   - alone: The statement, where it is all that the transaction does. Without a row it has changed nothing.
    ///   - last: The same where others came before, which fails instead: a commit follows that nothing else would stop.
    ///   - parameters: The parameters of both.
    /// - Returns: What the statement returned.
    /// - Throws: What the statement failed with, or the commit.
    func runLast(
        alone: PostgresQuery, last: PostgresQuery, _ parameters: PostgresParameters
    ) throws -> PostgresResult {
        if isReadCommittedByDefault, !isBegun, pending.count == 1,
            pending[0].query === PostgresPool.Isolation.readCommitted.beginning
        {
            // The server commits each statement that is not in a transaction.
            let beginning = pending
            pending = []
            defer { if !hasCommitted { pending = beginning } }
            let result = try run(alone, parameters)
            hasCommitted = result.rowCount > 0
            return result
        }
        defer { if handle.failure == nil { isBegun = handle.transactionState != .none } }
        let last = PostgresCommand(query: last, parameters: parameters)
        let result = try send([last, PostgresCommand(query: Self.commitStatement)])[0]
        hasCommitted = true
        return result
    }

    /// Notes that the transaction was committed though nobody answered.
    func haveCommitted() {
        hasCommitted = true
        isBegun = false
    }

    func commit() throws {
        if hasCommitted { return }
        if let transactionFailure, isLost(transactionFailure) || transactionFailure.code == .transactionEnded {
            throw transactionFailure
        }
        // Nothing was sent.
        guard isBegun else { return }
        if handle.transactionState == .failed {
            rollBack()
            // The body went on after an error, and would have COMMIT roll back without a word.
            throw transactionFailure ?? PostgresError.transactionFailed
        }
        // The ends of savepoints can be left out, what was left for later can't.
        let last = pending.contains { $0.parameters.count > 0 } ? pending : []
        pending = []
        isBegun = false
        do {
            let (_, failure) = try handle.run(last + [PostgresCommand(query: Self.commitStatement)])
            if let failure {
                // It was not the commit that failed.
                isBegun = handle.transactionState != .none
                noteIfReadOnly(failure)
                throw failure
            }
        } catch let error as PostgresError where error.isFatal {
            throw PostgresError.commitUnknown
        }
    }

    func rollBack() {
        guard isBegun, !hasCommitted else { return }
        isBegun = false
        pending = []
        do {
            let (_, failure) = try handle.run([PostgresCommand(query: Self.rollbackStatement)])
            // A connection whose transaction can't be ended is not used again.
            if let failure { handle.fail(failure) }
        } catch {
            // The connection is lost, and with it the transaction.
        }
    }

    // MARK: Savepoints

    func setSavepoint(_ name: String) throws {
        try checkThatTransactionGoesOn()
        pending.append(PostgresCommand(query: PostgresQuery("SAVEPOINT \(name)", isPrepared: false)))
    }

    func releaseSavepoint(_ name: String) throws {
        try checkThatTransactionGoesOn()
        // What was left for later inside it is sent, and with it the savepoint that it may be undone to.
        if pending.last?.query.text == "SAVEPOINT \(name)", forget(savepoint: name) { return }
        pending.append(PostgresCommand(query: PostgresQuery("RELEASE \(name)", isPrepared: false)))
    }

    func rollBack(toSavepoint name: String) throws {
        if forget(savepoint: name) { return }
        // What was to go with the next statement belongs to the part that is undone.
        pending = []
        _ = try send(PostgresCommand(query: PostgresQuery("ROLLBACK TO \(name)", isPrepared: false)))
        transactionFailure = nil
        pending.append(PostgresCommand(query: PostgresQuery("RELEASE \(name)", isPrepared: false)))
    }

    /// Drops a savepoint, and those inside it, that the server has not heard of.
    private func forget(savepoint name: String) -> Bool {
        guard let index = pending.firstIndex(where: { $0.query.text == "SAVEPOINT \(name)" }) else { return false }
        pending.removeSubrange(index...)
        return true
    }

    private func checkThatTransactionGoesOn() throws {
        if let transactionFailure { throw transactionFailure }
    }

    /// Undoes what the body wrote if it throws, though the transaction goes on.
    ///
    /// If it is all of its transaction so far, it is run again when it conflicts with another one.
    func whole<R>(_ body: () throws -> R) throws -> R {
        guard isUnbegun else { return try part(body) }
        let beginning = pending
        var attempts = 1
        while true {
            do {
                return try part(body)
            } catch let error as PostgresError where error.isTransient && attempts < 10 {
                attempts += 1
                beginAnew(with: beginning)
            }
        }
    }

    private func part<R>(_ body: () throws -> R) throws -> R {
        beginForSeveralStatements()
        try setSavepoint("queuert_statement")
        do {
            let value = try body()
            try releaseSavepoint("queuert_statement")
            return value
        } catch {
            // If the connection is lost, there is no savepoint; the first error counts.
            try? rollBack(toSavepoint: "queuert_statement")
            throw error
        }
    }
}
