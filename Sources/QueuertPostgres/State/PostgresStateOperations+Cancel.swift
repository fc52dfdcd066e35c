public import Queuert

extension PostgresStateOperations {
    /// Cancels chains: their last jobs, if they have not completed, end without an output.
    ///
    /// Chains are cancelled in steps: those that are named, then those that wait for them, and so on.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them.
    /// - Returns: What was cancelled, each once, causes before effects.
    /// - Throws: ``Queuert/ChainNotFoundError``, ``Queuert/ChainHasDependantsError`` if that is refused, or ``PostgresError``.
    ///   Then nothing is changed.
    public func cancelChains(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain] {
        if chainIDs.isEmpty { return [] }
        return try session.whole { try cancel(chainIDs, dependants: dependants) }
    }

    private func cancel(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain] {
        var step = chainIDs.uniqued()
        var lasts = try lockedLastJobs(step)
        for id in step where lasts[id] == nil { throw ChainNotFoundError(chainID: id) }
        if dependants == .refuse {
            let named = Set(step)
            let open = step.filter { lasts[$0]?.row.isUnended ?? false }
            let references = try waitingJobs(forChains: open).filter { !named.contains($0.jobChainID) }
            if !references.isEmpty { throw ChainHasDependantsError(references: Array(references.prefix(100))) }
        }
        let now = try now()
        var causes: [JobID: JobID] = [:]
        var seen = Set(step)
        var cancelled: [CancelledChain] = []
        while !step.isEmpty {
            let ended = step.compactMap { lasts[$0] }.filter(\.row.isUnended)
            for job in ended where job.row.leasedUntil != nil { try record(.cancelled, of: job.row.id) }
            try change(statements.change.cancel, ended.map(\.row.id), at: now)
            if let file = statements.change.file, !ended.isEmpty { try change(file, ended.map(\.row.chainID), at: now) }
            cancelled += ended.map { CancelledChain($0, at: now, cause: causes[$0.row.chainID]) }
            if dependants != .cancel { break }
            let waiting = try waitingJobs(forChains: ended.map(\.row.chainID))
            step = []
            for wait in waiting where seen.insert(wait.jobChainID).inserted {
                causes[wait.jobChainID] = wait.chainID
                step.append(wait.jobChainID)
            }
            if !step.isEmpty { lasts = try lockedLastJobs(step) }
        }
        return cancelled
    }

    /// The last jobs of chains, which nobody else changes until the transaction is over; nor does anybody begin to wait for
    /// the chains.
    private func lockedLastJobs(_ chainIDs: [JobID]) throws -> [JobID: ClaimedJob] {
        try lockedLastJobs(ofLocked: lock(chains: chainIDs))
    }

    /// The last jobs of chains that are locked; who is just ending an attempt of one, or continuing it, is waited for.
    func lockedLastJobs(ofLocked chains: [JobID]) throws -> [JobID: ClaimedJob] {
        if chains.isEmpty { return [:] }
        while true {
            let jobs = try session.run(statements.change.lastJobs, list(chains)).rows.map { $0.claimedJob(idType) }
            // One that was continued while this waited for its row is not the last any more.
            guard jobs.allSatisfy({ $0.row.successorID == nil }) else { continue }
            return Dictionary(jobs.map { ($0.row.chainID, $0) }, uniquingKeysWith: { first, _ in first })
        }
    }

    /// The jobs that are blocked by chains.
    private func waitingJobs(forChains chainIDs: [JobID]) throws -> [ChainHasDependantsError.Reference] {
        if chainIDs.isEmpty { return [] }
        return try session.run(statements.change.waiting, list(chainIDs)).rows.map(reference)
    }

    func reference(_ row: PostgresResult.Row) -> ChainHasDependantsError.Reference {
        ChainHasDependantsError.Reference(
            chainID: row.jobID(0, idType), jobID: row.jobID(1, idType), jobChainID: row.jobID(2, idType))
    }
}

extension CancelledChain {
    fileprivate init(_ job: ClaimedJob, at now: Timestamp, cause: JobID?) {
        var row = job.row
        row.cancelledAt = now
        row.leasedBy = nil
        row.leasedUntil = nil
        self.init(row: row, interrupted: job.row.leasedUntil == nil ? nil : job, cause: cause)
    }
}

extension JobRow {
    /// Whether something may still become of the job: a failed one may be tried again.
    var isUnended: Bool { completedAt == nil && cancelledAt == nil }
}
