internal import Queuert

/// What came of a transaction, and what is to run when the connection has been given back.
struct Outcome<R: Sendable>: Sendable {
    var result: Result<R, any Error>
    var effects: @Sendable () -> Void = {}
    /// What the transaction leads to if its commit, whose answer was lost, turns out to have been done.
    var ifCommitted: Unanswered?

    /// A commit whose answer was lost.
    struct Unanswered: Sendable {
        let transactionID: Int64
        let value: R
        let effects: @Sendable () -> Void
    }
}

extension PostgresConnection {
    /// Runs a transaction that may write, and returns when it is committed or rolled back.
    ///
    /// BEGIN goes with its first statement; a transaction without statements is none.
    ///
    /// - Returns: What came of it; `nil` if the connection was lost before it began.
    func transaction<R: Sendable>(
        _ isolation: PostgresPool.Isolation, _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        if hasEnded { return nil }
        let effects = TransactionEffects()
        start(.transaction(effects), [isolation.beginning])
        defer { finish() }
        let value: R
        do {
            value = try await cancellable(body)
        } catch {
            rollBack()
            return Outcome(result: .failure(error), effects: effects.rollback())
        }
        do {
            try commit()
            return Outcome(result: .success(value), effects: effects.commit())
        } catch {
            let (committed, undone) = effects.undecided()
            var outcome = Outcome<R>(result: .failure(error), effects: undone)
            if let transactionID, (error as? PostgresError)?.code == .commitUnknown {
                outcome.ifCommitted = .init(transactionID: transactionID, value: value, effects: committed)
            }
            return outcome
        }
    }

    /// Runs one operation of the queue, which the server commits by itself.
    func operation<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        if hasEnded { return nil }
        let effects = TransactionEffects()
        start(.operation(effects), [])
        defer { finish() }
        do {
            let value = try await body(self)
            // An operation of several statements has begun a transaction.
            try commit()
            return Outcome(result: .success(value), effects: effects.commit())
        } catch {
            rollBack()
            return Outcome(result: .failure(error), effects: effects.rollback())
        }
    }

    /// Runs statements that only read.
    func read<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        if hasEnded { return nil }
        start(.read, [])
        defer { finish() }
        do {
            let value = try await cancellable(body)
            rollBack()
            return Outcome(result: .success(value))
        } catch {
            rollBack()
            return Outcome(result: .failure(error))
        }
    }

    private func cancellable<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async throws -> R {
        do {
            return try await withTaskCancellationHandler {
                try await body(self)
            } onCancel: {
                canceller.cancel()
            }
        } catch let error as PostgresError where error.sqlState == "57014" && Task.isCancelled {
            throw CancellationError()
        }
    }

    private func start(_ scope: Scope, _ pending: [PostgresQuery]) {
        self.scope = scope
        self.pending = pending
        isBegun = false
        transactionFailure = nil
        transactionID = nil
    }

    private func finish() {
        scope = .unused
        pending = []
    }

    /// Has an operation of several statements begin a transaction, where none is open.
    func beginForSeveralStatements() {
        if case .operation = scope, !isBegun, pending.isEmpty {
            pending.append(PostgresPool.Isolation.readCommitted.beginning)
        }
    }

    private static let commitStatement = PostgresQuery("COMMIT", isPrepared: false)
    private static let rollbackStatement = PostgresQuery("ROLLBACK", isPrepared: false)

    private func commit() throws {
        if let transactionFailure, transactionFailure.isFatal || transactionFailure.code == .transactionEnded {
            throw transactionFailure
        }
        // Nothing was sent.
        guard isBegun else { return }
        let handle = try handle
        if handle.transactionState == .failed {
            rollBack()
            // The body went on after an error, and would have COMMIT roll back without a word.
            throw transactionFailure ?? PostgresError.transactionFailed
        }
        pending = []
        do {
            let (_, failure) = try handle.run([PostgresCommand(query: Self.commitStatement)])
            isBegun = false
            if let failure { throw failure }
        } catch let error as PostgresError where error.isFatal {
            isBegun = false
            throw PostgresError.commitUnknown
        }
    }

    private func rollBack() {
        guard isBegun else { return }
        isBegun = false
        pending = []
        guard let handle = try? handle else { return }
        do {
            let (_, failure) = try handle.run([PostgresCommand(query: Self.rollbackStatement)])
            // A connection whose transaction can't be ended is not used again.
            if let failure { handle.fail(failure) }
        } catch {
            // The connection is lost, and with it the transaction.
        }
    }
}

extension PostgresError {
    static var transactionFailed: PostgresError {
        PostgresError(
            code: .transactionFailed, reason: "an earlier statement of the transaction failed",
            hint: "Let the error leave the transaction, or run what may fail inside `withSavepoint`.")
    }
}
