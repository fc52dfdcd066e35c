public import Queuert

extension SQLiteStateOperations {
    /// Makes jobs due that are due later: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``Queuert/JobNotFoundError``, ``Queuert/JobStatusError`` for the first that is neither scheduled nor ready, or
    ///   ``SQLiteError``. Then nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        let now = clock.now
        return try change(try jobs(jobIDs, expecting: [.scheduled, .ready], at: now)) { job in
            var row = job.row
            row.scheduledAt = min(row.scheduledAt, now)
            try connection.run(
                statements.change.trigger,
                [.integer(job.rowID), SQLiteValue(row.scheduledAt), SQLiteValue(row.rank(at: now))])
            return row
        }
    }

    /// Makes jobs due that have failed, as if they had never been tried: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``Queuert/JobNotFoundError``, ``Queuert/JobStatusError`` for the first that has not failed, or
    ///   ``SQLiteError``. Then nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        let now = clock.now
        return try change(try jobs(jobIDs, expecting: [.failed], at: now)) { job in
            var row = job.row
            row.failedAt = nil
            row.attempt = 0
            row.scheduledAt = now
            row.readyAt = now
            try connection.run(
                statements.change.redrive, [.integer(job.rowID), SQLiteValue(now), SQLiteValue(row.rank(at: now))])
            return row
        }
    }

    /// Changes jobs by one statement each: all of them, or none.
    private func change(_ jobs: [NumberedJob], _ body: (NumberedJob) throws -> JobRow) throws -> [JobRow] {
        // What one statement writes is whole by itself.
        if jobs.count <= 1 { return try jobs.map(body) }
        return try connection.whole { try jobs.map(body) }
    }

    private func jobs(_ ids: [JobID], expecting expected: [JobStatus], at now: Timestamp) throws -> [NumberedJob] {
        try ids.map { id in
            guard let job = try connection.first(statements.change.job, [SQLiteValue(id)], { $0.numberedJob() }) else {
                throw JobNotFoundError(jobID: id)
            }
            let status = job.row.status(at: now)
            if !expected.contains(status) { throw JobStatusError(jobID: id, status: status, expected: expected) }
            return job
        }
    }

    func lastJob(ofChain chainID: JobID) throws -> NumberedJob? {
        try connection.first(statements.change.last, [SQLiteValue(chainID)]) { $0.numberedJob() }
    }

    /// Looks whether there is a job that is blocked though all that it waits for has completed.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: ``SQLiteError``.
    public func hasStrandedJobs() throws -> Bool {
        try connection.first(statements.change.hasStranded, []) { $0.int64(0) != 0 } ?? false
    }

    /// Makes jobs ready that are blocked though all that they wait for has completed.
    ///
    /// - Returns: The jobs, as they are now.
    /// - Throws: ``SQLiteError``. Then nothing is changed.
    public func unblockStrandedJobs() throws -> [JobRow] {
        let now = SQLiteValue(clock.now)
        return try connection.whole {
            try connection.run(statements.change.resolveStranded, [now])
            let stranded = try connection.all(statements.change.stranded, []) { $0.jobID(1) }
            guard !stranded.isEmpty else { return [] }
            try connection.run(statements.change.unblockStranded, [now])
            return try stranded.compactMap(job)
        }
    }

    // MARK: Paused types

    /// Pauses types of jobs, or resumes them.
    ///
    /// - Parameters:
    ///   - typeNames: The types.
    ///   - isPaused: Whether jobs of these types are not to be claimed.
    /// - Throws: ``SQLiteError``.
    public func setPaused(_ typeNames: [String], to isPaused: Bool) throws {
        let now = SQLiteValue(clock.now)
        for typeName in typeNames {
            if isPaused {
                try connection.run(statements.change.pause, [.text(typeName), now])
            } else {
                try connection.run(statements.change.resume, [.text(typeName)])
            }
        }
    }

    /// Finds the types that are paused.
    ///
    /// - Returns: The types' names and since when they are paused.
    /// - Throws: ``SQLiteError``.
    public func pausedTypes() throws -> [String: Timestamp] {
        var types: [String: Timestamp] = [:]
        try connection.each(statements.change.pausedTypes, []) { types[$0.text(0)] = $0.time(1) }
        return types
    }
}
