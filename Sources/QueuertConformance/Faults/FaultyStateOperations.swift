public import Queuert

/// The statements of a ``FaultyStateAdapter``.
public struct FaultyStateOperations<Base: StateOperations>: StateOperations {
    let base: Base
    let faults: Faults

    /// Writes jobs.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: The rows.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func insertJobs(_ jobs: [NewJob]) throws -> [JobRow] {
        try faults.pass(.insertJobs)
        return try base.insertJobs(jobs)
    }

    /// Takes jobs that are due.
    ///
    /// - Parameter request: Which jobs.
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        try faults.pass(.claimJobs)
        return try base.claimJobs(request)
    }

    /// Prolongs leases.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease> {
        try faults.pass(.renewLeases)
        return try base.renewLeases(leases, for: duration)
    }

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob] {
        try faults.pass(.expiredLeases)
        return try base.expiredLeases(typeNames: typeNames, limit: limit)
    }

    /// Ends attempts.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func settle(_ settlements: [Settlement]) throws -> [SettlementResult] {
        try faults.pass(.settle)
        return try base.settle(settlements)
    }

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job.
    /// - Throws: What the wrapped adapter throws.
    public func chainEnds(_ chainID: JobID) throws -> ChainEnds? { try base.chainEnds(chainID) }

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs.
    /// - Throws: What the wrapped adapter throws.
    public func jobs(ofChain chainID: JobID) throws -> [JobRow] { try base.jobs(ofChain: chainID) }

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts.
    /// - Throws: What the wrapped adapter throws.
    public func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow] { try base.failedAttempts(ofJob: jobID) }

    /// Counts the jobs that wait to run, by type.
    ///
    /// - Returns: The number for each type that has any.
    /// - Throws: What the wrapped adapter throws.
    public func waitingJobCounts() throws -> [String: Int] { try base.waitingJobCounts() }
}
