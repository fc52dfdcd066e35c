/// A running attempt whose handler works between two transactions.
///
/// It can be completed once at most, which the compiler checks.
public struct StagedAttempt<Kind: JobType, Adapter: StateAdapter>: ~Copyable, Sendable {
    let attempt: Attempt
    let client: Client<Adapter>
    let middleware: MiddlewareRun
    let completion: OpenCompletion
    let scope: TransactionScope

    /// Reads and writes what the work needs, in a transaction of its own that commits before the work.
    ///
    /// It is repeated when the job is tried again. The lease is prolonged in the same transaction, when the body is over.
    ///
    /// - Parameter body: What to run, on the transaction's connection.
    /// - Returns: What the body returns.
    /// - Throws: ``LeaseLostError`` if the job is another worker's by now, ``JobTimeoutError`` if the attempt's time is
    ///   up, what the body throws, ``NestedTransactionError`` in a transaction, `CancellationError`, or an error of the
    ///   database. Then nothing is written.
    public func prepare<R: Sendable>(
        _ body: @escaping @Sendable (isolated Adapter.Connection) async throws -> R
    ) async throws -> R {
        let attempt = attempt
        let client = client
        let middleware = middleware
        return try await attempt.inPhase(.prepare) {
            try await client.adapter.withTransaction { connection in
                try attempt.checkTime()
                let value = try await middleware.prepare { try await body(connection) }
                // Last, or a long body would use the lease up: whoever prolongs leases leaves out jobs that are locked.
                try client.renewLease(of: attempt, on: connection)
                try attempt.checkTime()
                return value
            }
        }
    }

    /// Writes the result: the user's writes, the job's end and what follows from it commit together, when the handler
    /// returns.
    ///
    /// The transaction stays open until then. What the handler throws undoes it, and the attempt has failed. Reads see what
    /// it has written; a further transaction on the same database is refused, because it would wait for this one.
    ///
    /// - Parameter body: What to run, on the transaction's connection. It decides how the chain goes on.
    /// - Returns: Proof that the attempt was completed, for the handler to return at once.
    /// - Throws: ``LeaseLostError`` if the job is another worker's by now; ``JobTimeoutError`` if the attempt's time is
    ///   up; what the body throws; ``JobDataError`` if what it decides is refused by its type or can't be encoded; what
    ///   starting a chain throws, such as ``ChainNotFoundError``, if the chain goes on with a job that can't be
    ///   written; ``NestedTransactionError`` in a transaction; `CancellationError`; or an error of the database. Then
    ///   nothing is written.
    public consuming func complete(
        _ body: @escaping @Sendable (isolated Adapter.Connection) async throws -> Decision<Kind>
    ) async throws -> Completed<Kind> {
        let attempt = attempt
        let client = client
        let middleware = middleware
        let completion = completion
        let scope = scope
        try await completion.open {
            try await attempt.inPhase(.complete) {
                try await attempt.settling {
                    try await client.adapter.withTransaction { connection in
                        scope.shareOpenTransactions()
                        let decision = try await middleware.complete { try await body(connection) }
                        try client.write(decision, of: attempt, on: connection)
                        try await completion.untilJudged()
                        try attempt.beginSettling()
                    }
                }
            }
        }
        return Completed()
    }
}

/// Proof that a staged attempt was completed.
public struct Completed<Kind: JobType>: Sendable {
    init() {}
}
