public import Queuert

/// The statements of a ``FaultyStateAdapter``.
public struct FaultyStateOperations<Base: StateOperations>: StateOperations {
    let base: Base
    let faults: Faults

    /// Writes jobs.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: What came of each.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func insertJobs(_ jobs: [NewJob]) throws -> [InsertedJob] {
        try faults.pass(.insertJobs)
        return try base.insertJobs(jobs)
    }

    /// Takes jobs that are due, unless they are withheld.
    ///
    /// - Parameter request: Which jobs.
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        try faults.pass(.claimJobs)
        if faults.takeVainClaim() {
            return ClaimResult(jobs: [], nextDueIn: try base.nextClaimableIn(typeNames: request.typeNames))
        }
        return try base.claimJobs(request)
    }

    /// Looks whether there is anything to claim.
    ///
    /// - Parameter typeNames: The types to look for.
    /// - Returns: How long until the next job is due.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func nextClaimableIn(typeNames: [String]) throws -> Duration? {
        try faults.pass(.nextClaimableIn)
        return try base.nextClaimableIn(typeNames: typeNames)
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

    /// Ends attempts, and commits along with it unless a test has plans for the commit.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func settleLast(_ settlements: [Settlement]) throws -> [SettlementResult] {
        if faults.concernCommits || VisitedPlaces.current?.fault != nil { return try settle(settlements) }
        try faults.pass(.settle)
        return try base.settleLast(settlements)
    }

    /// Finds the last job of a chain, and locks it.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The job.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func lockedLastJob(ofChain chainID: JobID) throws -> ClaimedJob? {
        try faults.pass(.lockedLastJob)
        return try base.lockedLastJob(ofChain: chainID)
    }

    /// Makes jobs due that are due later.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func triggerJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        try faults.pass(.triggerJobs)
        return try base.triggerJobs(jobIDs)
    }

    /// Makes jobs due that have failed.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func redriveJobs(_ jobIDs: [JobID]) throws -> [JobRow] {
        try faults.pass(.redriveJobs)
        return try base.redriveJobs(jobIDs)
    }

    /// Cancels chains.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them.
    /// - Returns: What was cancelled.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func cancelChains(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain] {
        try faults.pass(.cancelChains)
        return try base.cancelChains(chainIDs, dependants: dependants)
    }

    /// Deletes chains.
    ///
    /// - Parameter request: Which chains.
    /// - Returns: What was deleted.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func deleteChains(_ request: DeletionRequest) throws -> [DeletedChain] {
        try faults.pass(.deleteChains)
        return try base.deleteChains(request)
    }

    /// Deletes chains that ended long ago.
    ///
    /// - Parameter request: Which chains.
    /// - Returns: How many were deleted.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func cleanUp(_ request: CleanupRequest) throws -> CleanupResult {
        try faults.pass(.cleanUp)
        return try base.cleanUp(request)
    }

    /// Pauses types of jobs, or resumes them.
    ///
    /// - Parameters:
    ///   - typeNames: The types.
    ///   - isPaused: Whether jobs of these types are not to be claimed.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func setPaused(_ typeNames: [String], to isPaused: Bool) throws {
        try faults.pass(.setPaused)
        return try base.setPaused(typeNames, to: isPaused)
    }

    /// Makes jobs ready that are blocked though nothing keeps them.
    ///
    /// - Returns: The jobs.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func unblockStrandedJobs() throws -> [JobRow] {
        try faults.pass(.unblockStrandedJobs)
        return try base.unblockStrandedJobs()
    }

    /// Counts the jobs that have not ended or have failed.
    ///
    /// - Returns: The counts of each type.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func jobCounts() throws -> [String: JobCounts] {
        try faults.pass(.jobCounts)
        return try base.jobCounts()
    }
}
