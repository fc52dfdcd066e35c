extension Client {
    /// Makes jobs due now that are due later, as after a backoff: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that neither is due later nor waits for a worker, or an
    ///   error of the database. Then nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID]) async throws {
        try await adapter.withTransaction { try await triggerJobs(jobIDs, on: $0) }
    }

    /// Makes jobs due now that are due later, as part of the caller's transaction: all of them, or none.
    ///
    /// - Parameters:
    ///   - jobIDs: The jobs.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that neither is due later nor waits for a worker, or an
    ///   error of the database. Then nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID], on connection: isolated Adapter.Connection) async throws {
        try trigger(jobIDs, with: adapter.operations(on: connection), effects: connection.openEffects)
    }

    /// Makes jobs due, for whoever has the database's statements at hand without an actor.
    package func trigger(
        _ jobIDs: [JobID], with operations: Adapter.Operations, effects: TransactionEffects
    ) throws {
        let rows = try operations.triggerJobs(jobIDs)
        tell(.jobsTriggered(rows), in: effects)
        effects.wake(WakeHint(dueJobs: rows.countsByType), through: hintTarget)
    }

    /// Lets jobs that have used up their attempts be tried again, as if for the first time: all of them, or none.
    ///
    /// What their attempts failed with is kept.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that has not failed, or an error of the database. Then
    ///   nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID]) async throws {
        try await adapter.withTransaction { try await redriveJobs(jobIDs, on: $0) }
    }

    /// Lets jobs that have used up their attempts be tried again, as part of the caller's transaction: all of them, or none.
    ///
    /// - Parameters:
    ///   - jobIDs: The jobs.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that has not failed, or an error of the database. Then
    ///   nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID], on connection: isolated Adapter.Connection) async throws {
        try redrive(jobIDs, with: adapter.operations(on: connection), effects: connection.openEffects)
    }

    /// Lets failed jobs be tried again, for whoever has the database's statements at hand without an actor.
    package func redrive(
        _ jobIDs: [JobID], with operations: Adapter.Operations, effects: TransactionEffects
    ) throws {
        let rows = try operations.redriveJobs(jobIDs)
        tell(.jobsRedriven(rows), in: effects)
        effects.wake(WakeHint(dueJobs: rows.countsByType), through: hintTarget)
    }

    /// Tells of an event once the transaction is committed.
    func tell(_ event: QueueEvent, in effects: TransactionEffects) {
        guard let observability else { return }
        effects.add(onCommit: { observability.happened(event) })
    }

    /// Pauses a type of job in all processes.
    ///
    /// No worker claims one until ``resume(_:)``. Running attempts go on.
    ///
    /// - Parameter type: The type.
    /// - Throws: An error of the database.
    public func pause<Kind: JobType>(_ type: Kind.Type) async throws {
        try await adapter.withTransaction { connection in
            try adapter.operations(on: connection).setPaused([Kind.name], to: true)
        }
    }

    /// Lets workers claim jobs of a type again.
    ///
    /// - Parameter type: The type.
    /// - Throws: An error of the database.
    public func resume<Kind: JobType>(_ type: Kind.Type) async throws {
        try await adapter.withTransaction { connection in
            try adapter.operations(on: connection).setPaused([Kind.name], to: false)
            try connection.openEffects.wake(WakeHint(dueTypes: [Kind.name]), through: hintTarget)
        }
    }

    /// Finds the types of jobs that are paused.
    ///
    /// - Returns: The types' names and since when they are paused.
    /// - Throws: An error of the database.
    public func pausedTypes() async throws -> [String: Timestamp] {
        try await adapter.withReadConnection { try adapter.operations(on: $0).pausedTypes() }
    }
}

extension [JobRow] {
    /// How many there are of each type.
    fileprivate var countsByType: [String: Int] { reduce(into: [:]) { $0[$1.typeName, default: 0] += 1 } }
}
