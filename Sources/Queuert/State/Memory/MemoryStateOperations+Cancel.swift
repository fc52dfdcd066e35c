extension MemoryStateOperations {
    /// Cancels chains: their last jobs, if they have not completed, end without an output.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them.
    /// - Returns: What was cancelled, each once, causes before effects.
    /// - Throws: ``ChainNotFoundError``, or ``ChainHasDependantsError`` if that is refused. Then nothing is changed.
    public func cancelChains(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain] {
        let now = now
        for id in chainIDs where store.chains[id] == nil { throw ChainNotFoundError(chainID: id) }
        if dependants == .refuse { try refuseDependants(of: chainIDs) }
        var queue: [(chainID: JobID, cause: JobID?)] = chainIDs.map { ($0, nil) }
        var cancelled: [CancelledChain] = []
        var next = 0
        while next < queue.count {
            defer { next += 1 }
            guard let chain = cancel(queue[next].chainID, cause: queue[next].cause, at: now) else { continue }
            cancelled.append(chain)
            guard dependants == .cancel else { continue }
            let cause = chain.row.chainID
            queue += waitingJobs(forChain: cause).map { ($0.chainID, cause) }
        }
        return cancelled
    }

    private func cancel(_ chainID: JobID, cause: JobID?, at now: Timestamp) -> CancelledChain? {
        guard let before = lastJob(ofChain: chainID), !before.isEnded else { return nil }
        var row = before
        row.cancelledAt = now
        row.leasedBy = nil
        row.leasedUntil = nil
        store.update(row)
        guard before.leasedUntil != nil else { return CancelledChain(row: row, cause: cause) }
        let interrupted = claimed(before)
        record(.cancelled, of: before, error: nil, context: before.trace.attemptContext, at: now)
        return CancelledChain(row: row, interrupted: interrupted, cause: cause)
    }

    /// The jobs that are blocked by a chain.
    private func waitingJobs(forChain chainID: JobID) -> [JobRow] {
        (store.waits[chainID] ?? SortedSet()).ascending().compactMap { wait in
            guard let job = row(wait.job.id), !job.isEnded,
                store.blockers[job.id]?.list[wait.ordinal]?.resolvedAt == nil
            else { return nil }
            return job
        }
    }

    private func refuseDependants(of chainIDs: [JobID]) throws {
        let named = Set(chainIDs)
        let references = named.filter { lastJob(ofChain: $0)?.isEnded == false }.flatMap { chainID in
            waitingJobs(forChain: chainID).filter { !named.contains($0.chainID) }
                .map { ChainHasDependantsError.Reference(chainID: chainID, jobID: $0.id, jobChainID: $0.chainID) }
        }
        if !references.isEmpty { throw ChainHasDependantsError(references: Array(references.prefix(100))) }
    }
}
