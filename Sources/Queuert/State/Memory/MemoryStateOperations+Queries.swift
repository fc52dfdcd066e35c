extension MemoryStateOperations {
    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job; `nil` if there is no such chain.
    /// - Throws: Never.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? { ends(ofChain: chainID) }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last.
    /// - Throws: Never.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] { (store.chains[chainID] ?? []).compactMap(row) }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: Never.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] { store.attempts[jobID] ?? [] }

    /// Finds a job.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The job; `nil` if there is none.
    /// - Throws: Never.
    public func job(_ jobID: JobID) throws -> JobRow? { row(jobID) }

    /// Finds what a job waits or waited for.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The chains, in the order in which the job's handler sees them.
    /// - Throws: Never.
    public func blockers(ofJob jobID: JobID) throws -> [JobBlocker] {
        (store.blockers[jobID]?.list ?? []).compactMap { blocker in
            guard let blocker, let chain = ends(ofChain: blocker.chainID) else { return nil }
            return JobBlocker(chain: chain, blockedAt: blocker.blockedAt, resolvedAt: blocker.resolvedAt)
        }
    }

    /// Counts the jobs that have not ended or have failed.
    ///
    /// - Returns: The counts of each type that has such jobs.
    /// - Throws: Never.
    public func jobCounts() throws -> [String: JobCounts] {
        let now = now
        store.makeReady(Array(store.indexes.types.keys), at: now)
        return store.indexes.types.filter { !$0.value.isEmpty }.mapValues { $0.counts(at: now) }
    }

    /// Asks for the time.
    ///
    /// - Returns: The time by the adapter's clock.
    /// - Throws: Never.
    public func databaseTime() throws -> Timestamp { now }
}
