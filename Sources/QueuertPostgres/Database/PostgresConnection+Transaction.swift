internal import Queuert

/// What came of a transaction, and what is to run when the connection has been given back.
struct Outcome<R: Sendable>: Sendable {
    var result: Result<R, any Error>
    var effects: @Sendable () -> Void = {}
    /// Whether nobody else may have the connection.
    var isConnectionBroken = false
    /// What the transaction leads to if its commit, whose answer was lost, turns out to have been done.
    var ifCommitted: Unanswered?

    /// A commit whose answer was lost.
    struct Unanswered: Sendable {
        let transactionID: Int64
        /// The run of the server that gave the number.
        let serverRun: String?
        let value: R
        let effects: @Sendable () -> Void
    }
}

/// Each returns what came of it; `nil` if the connection turned out to be lost before it began.
extension PostgresConnection {
    /// Runs a transaction that may write, and returns when it is committed or rolled back.
    ///
    /// BEGIN goes with its first statement; a transaction without statements is none.
    func transaction<R: Sendable>(
        _ isolation: PostgresPool.Isolation, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        guard let session = usableSession else { return nil }
        let effects = TransactionEffects()
        session.start(.transaction(effects), [isolation.beginning])
        defer { session.finish() }
        let value: R
        do { value = try await cancellable(body) } catch { return rollBack(session, effects, error) }
        return commit(session, effects, value)
    }

    /// Runs one operation of the queue, which the server commits by itself.
    func operation<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        guard let session = usableSession else { return nil }
        let effects = TransactionEffects()
        session.start(.operation(effects))
        defer { session.finish() }
        let value: R
        do { value = try await body(self) } catch { return rollBack(session, effects, error) }
        // An operation of several statements has begun a transaction.
        return commit(session, effects, value)
    }

    private func commit<R: Sendable>(
        _ session: PostgresSession, _ effects: TransactionEffects, _ value: R
    ) -> Outcome<R> {
        let (committed, undone) = effects.undecided()
        do {
            try session.commit()
            return Outcome(result: .success(value), effects: committed, isConnectionBroken: session.isBroken)
        } catch {
            session.rollBack()
            var outcome = Outcome<R>(
                result: .failure(error), effects: undone, isConnectionBroken: session.isBroken)
            if let id = session.transactionID, (error as? PostgresError)?.code == .commitUnknown {
                outcome.ifCommitted = .init(
                    transactionID: id, serverRun: session.serverRun, value: value, effects: committed)
            }
            return outcome
        }
    }

    private func rollBack<R: Sendable>(
        _ session: PostgresSession, _ effects: TransactionEffects, _ error: any Error
    ) -> Outcome<R> {
        session.rollBack()
        return Outcome(
            result: .failure(error),
            // Whoever wraps the adapter may have failed after the transaction's last statement.
            effects: session.hasCommitted ? effects.commit() : effects.rollback(), isConnectionBroken: session.isBroken)
    }

    /// Runs statements that only read.
    func read<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        guard let session = usableSession else { return nil }
        session.start(.read)
        defer { session.finish() }
        let result: Result<R, any Error>
        do { result = .success(try await cancellable(body)) } catch { result = .failure(error) }
        session.rollBack()
        return Outcome(result: result, isConnectionBroken: session.isBroken)
    }

    /// Runs a read in the transaction that the task has open here.
    ///
    /// - Returns: What came of it; `nil` if the transaction has ended on the way to here, so that others may have the
    ///   connection.
    func readInOpenTransaction<R: Sendable>(
        of pool: PostgresPool, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Result<R, any Error>? {
        guard OpenTransactions.connection(of: pool, as: PostgresConnection.self) === self else { return nil }
        do { return .success(try await body(self)) } catch { return .failure(error) }
    }

    var usableSession: PostgresSession? {
        guard let session = try? session, !session.handle.hasEnded else { return nil }
        return session
    }

    func cancellable<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        let use = canceller.begin()
        defer { canceller.end() }
        do {
            return try await withTaskCancellationHandler {
                try await body(self)
            } onCancel: {
                canceller.cancel(use)
            }
        } catch let error as PostgresError where error.sqlState == "57014" && Task.isCancelled {
            throw CancellationError()
        }
    }
}
