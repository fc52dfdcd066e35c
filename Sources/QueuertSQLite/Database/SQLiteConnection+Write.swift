internal import Queuert

/// What came of a transaction, and what is to run when the connection has been given back.
typealias Outcome<R: Sendable> = (result: Result<R, any Error>, effects: @Sendable () -> Void)

extension SQLiteConnection {
    /// Runs a transaction that may write, and returns when it is committed or rolled back.
    ///
    /// Transactions that are there at the same time share a commit: see ``CommitGroup``. The transaction counts as open while
    /// its body runs, and no longer, since others write while it waits for the commit.
    func write<R: Sendable>(
        of pool: SQLitePool, _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async -> Outcome<R> {
        company.came()
        do { try await takeTurn() } catch { return (.failure(error), {}) }
        if pace.isCareful(sharing) { commitGroup() }
        let isFirst = !group.isOpen
        do {
            try beginMember(isFirst: isFirst)
        } catch {
            passTurn()
            return (.failure(error), {})
        }
        let effects = TransactionEffects()
        memberEffects = effects
        let start = ContinuousClock.now
        let result: Result<R, any Error>
        do {
            let value = try await OpenTransactions.withConnection(self, of: pool) { try await body(self) }
            try endMember(isFirst: isFirst)
            result = .success(value)
        } catch {
            result = .failure(error)
        }
        memberEffects = nil
        let end = ContinuousClock.now
        pace.bodyTook(end - start)
        guard case .success = result else {
            undoMember(isFirst: isFirst)
            passTurn()
            return (result, effects.rollback())
        }
        group.add(endedAt: end)
        if let failure = await shareCommit(at: end) { return (.failure(failure), effects.rollback()) }
        return (result, effects.commit())
    }

    private static let savepoint = "SAVEPOINT queuert_member"
    private static let release = "RELEASE queuert_member"
    private static let undo = "ROLLBACK TO queuert_member"

    private func beginMember(isFirst: Bool) throws {
        let handle = try handle
        if isFirst {
            try handle.begin(.writing, busyTimeout: busyTimeout)
            group.isOpen = true
        } else {
            try handle.runTransactionStatement(Self.savepoint)
        }
    }

    /// Ends a member's part, so that it can only be committed together with the others.
    private func endMember(isFirst: Bool) throws {
        let handle = try handle
        // The body may have gone on after an error that made SQLite roll back.
        if let loss = handle.lossOfTransaction { throw loss }
        // The commit would be refused for all members.
        if handle.hasUnresolvedForeignKeys { throw SQLiteError.unresolvedForeignKeys }
        if !isFirst { try handle.runTransactionStatement(Self.release) }
    }

    /// Undoes a member's part, and leaves the others as they are.
    private func undoMember(isFirst: Bool) {
        guard let handle = try? handle else { return failGroup(Self.closedError) }
        if let loss = handle.lossOfTransaction { return failGroup(loss) }
        // Nobody else is in the transaction yet, since members run one after the other.
        if isFirst { return failGroup(nil) }
        do {
            try handle.runTransactionStatement(Self.undo)
            try handle.runTransactionStatement(Self.release)
        } catch {
            failGroup(error)
        }
    }

    // MARK: The shared commit

    /// Passes the turn on and waits for the commit; the last one that was there commits at once.
    ///
    /// - Returns: Why the commit failed, if it did.
    private func shareCommit(at now: ContinuousClock.Instant) async -> (any Error)? {
        let isLast = !turns.isAnyoneWaiting && executor.hasNoWaitingJobs && !company.isExpected
        if isLast || group.isFull(at: now, sharing) || pace.isCareful(sharing) {
            defer { passTurn() }
            return commitGroup()
        }
        let commit = group.commit
        passTurn()
        return await commit.outcome()
    }

    /// Commits as soon as no task is on its way to this connection, or expected.
    func commitWhenIdle() {
        guard group.isOpen, !group.commitsWhenIdle else { return }
        group.commitsWhenIdle = true
        executor.whenIdle(for: company.patience) { self.assumeIsolated { $0.isIdle() } }
    }

    private func isIdle() {
        group.commitsWhenIdle = false
        // A body runs, whose end passes the turn on.
        if turns.isTaken { return }
        company.stayedAway()
        commitGroup()
    }

    /// Commits what has ended, if there is anything.
    ///
    /// - Returns: Why that failed, if it did; then nothing of the group is written.
    @discardableResult
    func commitGroup() -> (any Error)? {
        guard group.isOpen else { return nil }
        do {
            let handle = try handle
            let start = ContinuousClock.now
            try handle.commit(busyTimeout: busyTimeout)
            company.released(group.count, commitTook: .now - start)
            group.end(nil)
            if let pages = handle.takeWALPages() { checkpointer?.walHas(pages: pages) }
            return nil
        } catch {
            failGroup(error)
            return error
        }
    }

    /// Rolls back the database's transaction and tells its members why.
    private func failGroup(_ failure: (any Error)?) {
        (try? handle)?.rollback()
        group.end(failure)
    }
}

extension SQLiteError {
    /// What SQLite reports at a commit, found out before.
    static var unresolvedForeignKeys: SQLiteError {
        SQLiteError(resultCode: 787, message: "FOREIGN KEY constraint failed")
    }
}
