public import Queuert

extension FaultyStateOperations {
    /// Asks for the time.
    ///
    /// - Returns: The time.
    /// - Throws: What the wrapped adapter throws.
    public func databaseTime() throws -> Timestamp { try base.databaseTime() }

    /// Finds the types that are paused.
    ///
    /// - Returns: The types.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func pausedTypes() throws -> [String: Timestamp] {
        try faults.pass(.pausedTypes)
        return try base.pausedTypes()
    }

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? {
        try faults.pass(.chainEnds)
        return try base.chainEnds(chainID)
    }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] {
        try faults.pass(.chainJobs)
        return try base.jobs(ofChain: chainID)
    }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] {
        try faults.pass(.failedAttempts)
        return try base.failedAttempts(ofJob: jobID)
    }

    /// Finds the last attempts of a job that did not succeed.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - count: How many at most.
    /// - Returns: The attempts.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func failedAttempts(ofJob jobID: JobID, last count: Int) throws -> [AttemptRow] {
        try faults.pass(.failedAttempts)
        return try base.failedAttempts(ofJob: jobID, last: count)
    }

    /// Counts how many of the last attempts of jobs failed or were lost in a row.
    ///
    /// - Parameter counts: By job, how many attempts to look at.
    /// - Returns: By job, how many of them did.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func failures(inLastAttempts counts: [JobID: Int]) throws -> [JobID: Int] {
        try faults.pass(.failedAttempts)
        return try base.failures(inLastAttempts: counts)
    }

    /// Looks for jobs that are blocked by nothing.
    ///
    /// - Returns: Whether there are any.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func hasStrandedJobs() throws -> Bool {
        try faults.pass(.hasStrandedJobs)
        return try base.hasStrandedJobs()
    }

    /// Finds a job.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The job.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func job(_ jobID: JobID) throws -> JobRow? {
        try faults.pass(.job)
        return try base.job(jobID)
    }

    /// Lists chains.
    ///
    /// - Parameter query: Which chains.
    /// - Returns: A page of them.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func chains(_ query: ChainQuery) throws -> Page<ChainEnds> {
        try faults.pass(.listChains)
        return try base.chains(query)
    }

    /// Lists jobs.
    ///
    /// - Parameter query: Which jobs.
    /// - Returns: A page of them.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func jobs(_ query: JobQuery) throws -> Page<JobRow> {
        try faults.pass(.listJobs)
        return try base.jobs(query)
    }

    /// Finds what a job waits or waited for.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The chains.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func blockers(ofJob jobID: JobID) throws -> [JobBlocker] {
        try faults.pass(.blockers)
        return try base.blockers(ofJob: jobID)
    }
}
