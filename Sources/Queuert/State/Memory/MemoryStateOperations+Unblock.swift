extension MemoryStateOperations {
    /// Resolves the waits for a chain that has ended.
    func resolveWaits(forChain chainID: JobID, at now: Timestamp) -> [ResolvedBlocker] {
        (store.waits[chainID] ?? SortedSet()).ascending().compactMap { wait in
            let id = wait.job.id
            guard let blocker = store.blockers[id]?.list[wait.ordinal], blocker.resolvedAt == nil, var job = row(id)
            else {
                return nil
            }
            store.resolve(wait.ordinal, of: id, at: now)
            // What a job waited for that was completed without a worker, or cancelled, concerns nobody.
            if job.isEnded { return nil }
            let isUnblocked = store.blockers[id]?.openCount == 0
            if isUnblocked { unblock(&job, at: now) }
            return ResolvedBlocker(
                jobID: id, jobTypeName: job.typeName, jobChainID: job.chainID, jobContext: job.trace.jobContext,
                awaitContext: blocker.traceContext, ordinal: wait.ordinal, blockedAt: blocker.blockedAt,
                unblocksJob: isUnblocked, scheduledAt: job.scheduledAt)
        }
    }

    private func unblock(_ job: inout JobRow, at now: Timestamp) {
        job.hasOpenBlockers = false
        job.readyAt = now
        // It gets in line now: what it waited for others is not what a job ages by.
        job.scheduledAt = max(job.scheduledAt, now)
        store.update(job)
    }

    /// Looks whether there is a job that is blocked though all that it waits for has completed.
    ///
    /// - Returns: Whether there is one.
    /// - Throws: Never.
    public func hasStrandedJobs() throws -> Bool {
        store.indexes.types.values.contains { type in
            type.blocked.contains { id in
                (store.blockers[id]?.list ?? []).allSatisfy { blocker in
                    guard let blocker, blocker.resolvedAt == nil else { return true }
                    return lastJob(ofChain: blocker.chainID)?.completedAt != nil
                }
            }
        }
    }

    /// Makes jobs ready that are blocked though all that they wait for has completed.
    ///
    /// - Returns: The jobs, as they are now.
    /// - Throws: Never.
    public func unblockStrandedJobs() throws -> [JobRow] {
        let now = now
        let blocked = store.indexes.types.values.flatMap(\.blocked).compactMap { store.jobs[$0] }
        return blocked.sorted { $0.key < $1.key }.compactMap { stored in
            var job = stored.row
            for (ordinal, blocker) in (store.blockers[job.id]?.list ?? []).enumerated() {
                guard let blocker, blocker.resolvedAt == nil, lastJob(ofChain: blocker.chainID)?.completedAt != nil
                else {
                    continue
                }
                store.resolve(ordinal, of: job.id, at: now)
            }
            guard (store.blockers[job.id]?.openCount ?? 0) == 0 else { return nil }
            unblock(&job, at: now)
            return job
        }
    }
}
