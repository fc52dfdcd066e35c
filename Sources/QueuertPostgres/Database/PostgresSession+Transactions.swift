/// How the open transaction begins and ends.
extension PostgresSession {
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
}
