public import Queuert

extension SQLiteStateOperations {
    /// Cancels chains: their last jobs, if they have not completed, end without an output.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them.
    /// - Returns: What was cancelled, each once, causes before effects.
    /// - Throws: ``Queuert/ChainNotFoundError``, ``Queuert/ChainHasDependantsError`` if that is refused, or ``SQLiteError``. Then
    ///   nothing is changed.
    public func cancelChains(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain] {
        try connection.whole { try cancel(chainIDs, dependants: dependants, at: clock.now) }
    }

    private func cancel(
        _ chainIDs: [JobID], dependants: DependantPolicy, at now: Timestamp
    ) throws -> [CancelledChain] {
        let named = Set(chainIDs)
        var references: [ChainHasDependantsError.Reference] = []
        for chainID in chainIDs.uniqued() {
            guard let last = try lastJob(ofChain: chainID) else { throw ChainNotFoundError(chainID: chainID) }
            guard dependants == .refuse, last.row.isUnended else { continue }
            references += try waitingJobs(forChain: chainID).filter { !named.contains($0.jobChainID) }
        }
        if !references.isEmpty { throw ChainHasDependantsError(references: Array(references.prefix(100))) }
        var queue: [(chainID: JobID, cause: JobID?)] = chainIDs.map { ($0, nil) }
        var cancelled: [CancelledChain] = []
        var next = 0
        while next < queue.count {
            let (chainID, cause) = queue[next]
            next += 1
            guard let chain = try cancel(chainID, cause: cause, at: now) else { continue }
            cancelled.append(chain)
            if dependants == .cancel { queue += try waitingJobs(forChain: chainID).map { ($0.jobChainID, chainID) } }
        }
        return cancelled
    }

    private func cancel(_ chainID: JobID, cause: JobID?, at now: Timestamp) throws -> CancelledChain? {
        guard let before = try lastJob(ofChain: chainID), before.row.isUnended else { return nil }
        try connection.run(statements.change.cancel, [.integer(before.rowID), SQLiteValue(now)])
        var row = before.row
        row.cancelledAt = now
        row.leasedBy = nil
        row.leasedUntil = nil
        guard before.row.leasedUntil != nil else { return CancelledChain(row: row, cause: cause) }
        let interrupted = try claimed(before.row)
        try record(.cancelled, of: before.row, error: nil, context: before.row.trace.attemptContext, at: now)
        return CancelledChain(row: row, interrupted: interrupted, cause: cause)
    }

    /// The jobs that are blocked by a chain.
    private func waitingJobs(forChain chainID: JobID) throws -> [ChainHasDependantsError.Reference] {
        try connection.all(statements.change.waiting, [SQLiteValue(chainID)]) { row in
            ChainHasDependantsError.Reference(chainID: chainID, jobID: row.jobID(0), jobChainID: row.jobID(1))
        }
    }
}

extension JobRow {
    /// Whether something may still become of the job: a failed one may be tried again.
    var isUnended: Bool { completedAt == nil && cancelledAt == nil }
}
