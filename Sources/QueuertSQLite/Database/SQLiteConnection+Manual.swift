internal import Logging
internal import Queuert

extension SQLiteConnection {
    /// Lets the user begin and end transactions, and sees to it that none is left open or untold.
    func manual<R: Sendable>(
        of pool: SQLitePool, logger: Logger, _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try await alone { connection in
            defer { OpenTransactions.endConnection(of: pool) }
            let handle = try connection.handle
            let effects = TransactionEffects()
            handle.watch.startManual(effects)
            let result: Result<R, any Error>
            do { result = .success(try await body(connection)) } catch { result = .failure(error) }
            let isOpen = !handle.isAutocommit
            let isCommitted = !isOpen && !handle.watch.wasRolledBack
            handle.rollback()
            handle.watch.endManual()
            if let pages = handle.takeWALPages() { connection.checkpointer?.walHas(pages: pages) }
            var mistake: ManualTransactionError?
            if isOpen, case .success = result {
                mistake = ManualTransactionError(reason: .leftOpen)
            } else if !isOpen, !effects.isEmpty {
                mistake = ManualTransactionError(reason: .effectsForgotten)
            }
            // What is committed is told as such, whatever the body forgot: its rollback would undo what stands.
            let tell = isCommitted ? effects.commit() : effects.rollback()
            tell()
            if let mistake {
                logger.error("\(mistake.description)")
                if case .success = result { throw mistake }
            }
            return try result.get()
        }
    }

    /// Wakes workers, and reports the spans of what was started, after a COMMIT of the user's own; for ``SQLitePool/withWriter(_:)``.
    ///
    /// - Throws: `ManualTransactionError` if the transaction is still open or was rolled back, or if the pool began it.
    public func flushEffects() throws {
        let (effects, wasRolledBack) = try endedManualEffects()
        if wasRolledBack, !effects.isEmpty { throw ManualTransactionError(reason: .rolledBack) }
        effects.commit()()
    }

    /// Drops the wake-ups, and reports the spans as rolled back, after a ROLLBACK of the user's own; for
    /// ``SQLitePool/withWriter(_:)``.
    ///
    /// - Throws: `ManualTransactionError` if the transaction is still open or was committed, or if the pool began it.
    public func discardEffects() throws {
        let (effects, wasRolledBack) = try endedManualEffects()
        if !wasRolledBack, !effects.isEmpty { throw ManualTransactionError(reason: .committed) }
        effects.rollback()()
    }

    private func endedManualEffects() throws -> (effects: TransactionEffects, wasRolledBack: Bool) {
        let handle = try handleInBody
        guard let effects = handle.watch.manualEffects else { throw ManualTransactionError(reason: .notManual) }
        guard handle.isAutocommit else { throw ManualTransactionError(reason: .stillOpen) }
        return (effects, handle.watch.wasRolledBack)
    }
}
