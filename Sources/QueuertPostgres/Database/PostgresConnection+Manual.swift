internal import Logging
internal import Queuert

extension PostgresConnection {
    /// Lets the user begin and end transactions, and sees to it that none is left open or untold.
    ///
    /// - Returns: What came of it; `nil` if the connection turned out to be lost before it began.
    func manual<R: Sendable>(
        logger: Logger, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        guard let session = usableSession else { return nil }
        let effects = TransactionEffects()
        session.start(.manual(effects))
        defer { session.finish() }
        var result: Result<R, any Error>
        do { result = .success(try await cancellable(body)) } catch { result = .failure(error) }
        // If the answer to a COMMIT is lost, the session takes the transaction for open, or for rolled back.
        let isOpen = session.isBegun
        let isCommitted = !isOpen && !session.wasRolledBack
        session.rollBack()
        let hasReturned = if case .success = result { true } else { false }
        var mistake: ManualTransactionError?
        if isOpen, hasReturned {
            mistake = ManualTransactionError(reason: .leftOpen)
        } else if !isOpen, !effects.isEmpty, hasReturned || !session.wasRolledBack {
            mistake = ManualTransactionError(reason: .effectsForgotten)
        }
        // Whoever lost the connection has been told so, and has no transaction to tell of.
        if let mistake, session.handle.failure == nil {
            logger.error("\(mistake.description)")
            if hasReturned { result = .failure(mistake) }
        }
        // What is committed is told as such, whatever the body forgot: its rollback would undo what stands.
        return Outcome(
            result: result, effects: isCommitted ? effects.commit() : effects.rollback(),
            isConnectionBroken: session.isBroken)
    }

    /// Runs a statement that begins or ends a transaction, where the user may do so.
    func run(
        _ sql: String, _ kind: PostgresStatementKind, _ parameters: [(any PostgresBindable)?]
    ) throws -> PostgresResult {
        let session = try session
        guard case .manual(let effects) = session.scope, kind != .prepare else { throw PostgresError.transactionEnded }
        if kind == .chain {
            throw PostgresError(
                code: .unsupported, reason: "a statement was to end a transaction and begin the next",
                hint: "Run COMMIT, then `flushEffects`, then BEGIN.")
        }
        if kind == .begin, !session.isBegun, !effects.isEmpty {
            throw ManualTransactionError(reason: .effectsForgotten)
        }
        let query = PostgresQuery(sql, isPrepared: false)
        do {
            return try session.send(
                PostgresCommand(query: query, parameters: PostgresParameters(parameters), isBinary: false))
        } catch let error as PostgresError where kind == .end && error.isFatal {
            throw PostgresError.commitUnknown
        }
    }

    /// Wakes workers, and reports the spans of what was started, after a COMMIT of the user's own; for
    /// ``PostgresPool/withConnection(_:)``.
    ///
    /// - Throws: `ManualTransactionError` if the transaction is still open or was rolled back, or if the pool began it.
    public func flushEffects() throws {
        let effects = try endedManualEffects()
        if try session.wasRolledBack, !effects.isEmpty { throw ManualTransactionError(reason: .rolledBack) }
        effects.commit()()
    }

    /// Drops the wake-ups, and reports the spans as rolled back, after a ROLLBACK of the user's own; for
    /// ``PostgresPool/withConnection(_:)``.
    ///
    /// - Throws: `ManualTransactionError` if the transaction is still open or was committed, or if the pool began it.
    public func discardEffects() throws {
        let effects = try endedManualEffects()
        if try !session.wasRolledBack, !effects.isEmpty { throw ManualTransactionError(reason: .committed) }
        effects.rollback()()
    }

    private func endedManualEffects() throws -> TransactionEffects {
        let session = try session
        guard case .manual(let effects) = session.scope else { throw ManualTransactionError(reason: .notManual) }
        if session.isBegun { throw ManualTransactionError(reason: .stillOpen) }
        return effects
    }
}
