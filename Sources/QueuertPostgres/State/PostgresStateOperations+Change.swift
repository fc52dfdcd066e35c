public import Queuert

extension PostgresStateOperations {
    /// Makes jobs due that are due later: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``Queuert/JobNotFoundError``, ``Queuert/JobStatusError`` for the first that is neither scheduled nor ready, or
    ///   ``PostgresError``. Then nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        if jobIDs.isEmpty { return [] }
        let (rows, now) = try change(statements.change.trigger, jobIDs, expecting: [.scheduled, .ready])
        try forgetPlaces(of: Set(rows.map(\.typeName)))
        return rows.map { row in
            var row = row
            row.scheduledAt = min(row.scheduledAt, now)
            return row
        }
    }

    /// Makes jobs due that have failed, as if they had never been tried: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``Queuert/JobNotFoundError``, ``Queuert/JobStatusError`` for the first that has not failed, or
    ///   ``PostgresError``. Then nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        if jobIDs.isEmpty { return [] }
        let (rows, now) = try change(statements.change.redrive, jobIDs, expecting: [.failed])
        try forgetPlaces(of: Set(rows.map(\.typeName)))
        return rows.map { row in
            var row = row
            row.failedAt = nil
            row.attempt = 0
            row.scheduledAt = now
            row.readyAt = now
            return row
        }
    }

    /// Changes jobs that are in one of some states.
    ///
    /// - Returns: The jobs as they were, in order, and when they were changed.
    private func change(
        _ query: PostgresQuery, _ ids: [JobID], expecting expected: [JobStatus]
    ) throws -> ([JobRow], Timestamp) {
        try session.whole {
            let (rows, now) = try lockedJobs(ids, expecting: expected)
            try change(query, ids, at: now)
            return (rows, now)
        }
    }

    func change(_ query: PostgresQuery, _ ids: [JobID], at now: Timestamp) throws {
        var parameters = PostgresParameters()
        parameters.add(now)
        parameters.add(lookedFor: ids, idType)
        _ = try session.run(query, parameters)
    }

    func list(_ ids: some Collection<JobID>) -> PostgresParameters {
        var parameters = PostgresParameters()
        parameters.add(lookedFor: ids, idType)
        return parameters
    }

    /// The time of the database.
    func now() throws -> Timestamp { try session.run(statements.change.now, parametersWithTime())[0].time(0) }

    /// Jobs that nobody else changes until the transaction is over.
    private func lockedJobs(_ ids: [JobID], expecting expected: [JobStatus]) throws -> ([JobRow], Timestamp) {
        let rows = Dictionary(
            try session.run(statements.change.jobs, list(ids)).rows.map { $0.job(idType) }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let now = try now()
        return (
            try ids.map { id in
                // Jobs of chains that have ended may be elsewhere.
                guard let row = try rows[id] ?? job(id) else { throw JobNotFoundError(jobID: id) }
                let status = row.status(at: now)
                if !expected.contains(status) { throw JobStatusError(jobID: id, status: status, expected: expected) }
                return row
            }, now
        )
    }

    /// Looks whether there is a job that is blocked though all that it waits for has completed.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: ``PostgresError``.
    public func hasStrandedJobs() throws -> Bool { try session.run(statements.change.hasStranded)[0].bool(0) }

    /// Makes jobs ready that are blocked though all that they wait for has completed.
    ///
    /// - Returns: The jobs, as they are now.
    /// - Throws: ``PostgresError``.
    public func unblockStrandedJobs() throws -> [JobRow] {
        let rows = try session.whole { () -> [JobRow] in
            let stranded = try session.run(statements.change.stranded).rows.map { $0.jobID(0, idType) }
            if stranded.isEmpty { return [] }
            let now = try now()
            try change(statements.change.resolve, stranded, at: now)
            try change(statements.change.unblock, stranded, at: now)
            return try stranded.compactMap(job)
        }
        try forgetPlaces(of: Set(rows.map(\.typeName)))
        return rows
    }

    // MARK: Paused types

    /// Pauses types of jobs, or resumes them.
    ///
    /// - Parameters:
    ///   - typeNames: The types.
    ///   - isPaused: Whether jobs of these types are not to be claimed.
    /// - Throws: ``PostgresError``.
    public func setPaused(_ typeNames: [String], to isPaused: Bool) throws {
        var parameters = isPaused ? parametersWithTime() : PostgresParameters()
        parameters.add(typeNames.lazy.map { Optional($0) })
        _ = try session.run(isPaused ? statements.change.pause : statements.change.resume, parameters)
        // Claims left the type out, wherever they began to look.
        if !isPaused { try forgetPlaces(of: Set(typeNames)) }
    }

    /// Finds the types that are paused.
    ///
    /// - Returns: The types' names and since when they are paused.
    /// - Throws: ``PostgresError``.
    public func pausedTypes() throws -> [String: Timestamp] {
        let rows = try session.run(statements.change.pausedTypes).rows
        return Dictionary(rows.map { ($0.text(0), $0.time(1)) }, uniquingKeysWith: { first, _ in first })
    }
}
