extension MemoryStateOperations {
    /// Makes jobs due that are due later: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``JobNotFoundError``, or ``JobStatusError`` for the first that is neither scheduled nor ready.
    public func triggerJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        let now = now
        return try change(jobIDs, from: [.scheduled, .ready], at: now) { row in
            row.scheduledAt = min(row.scheduledAt, now)
        }
    }

    /// Makes jobs due that have failed, as if they had never been tried: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``JobNotFoundError``, or ``JobStatusError`` for the first that has not failed.
    public func redriveJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        let now = now
        return try change(jobIDs, from: [.failed], at: now) { row in
            row.failedAt = nil
            row.attempt = 0
            row.scheduledAt = now
            row.readyAt = now
        }
    }

    private func change(
        _ ids: [JobID], from expected: [JobStatus], at now: Timestamp, _ change: (inout JobRow) -> Void
    ) throws -> [JobRow] {
        let rows = try ids.map { id in
            guard let row = row(id) else { throw JobNotFoundError(jobID: id) }
            let status = row.status(at: now)
            if !expected.contains(status) { throw JobStatusError(jobID: id, status: status, expected: expected) }
            return row
        }
        return rows.map { row in
            var row = row
            change(&row)
            store.update(row)
            return row
        }
    }
}
