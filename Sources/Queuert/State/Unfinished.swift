// TEMPORARY, on this branch only: so that both adapters can be brought up to date side by side.
extension StateOperations {
    func unfinished() -> Never { preconditionFailure("not done yet") }
    public func nextClaimableIn(typeNames: [String]) throws -> Duration? { unfinished() }
    public func lockedLastJob(ofChain chainID: JobID) throws -> ClaimedJob? { unfinished() }
    public func triggerJobs(_ jobIDs: [JobID]) throws -> [JobRow] { unfinished() }
    public func redriveJobs(_ jobIDs: [JobID]) throws -> [JobRow] { unfinished() }
    public func cancelChains(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain] { unfinished() }
    public func deleteChains(_ request: DeletionRequest) throws -> [DeletedChain] { unfinished() }
    public func cleanUp(_ request: CleanupRequest) throws -> CleanupResult { unfinished() }
    public func setPaused(_ typeNames: [String], to isPaused: Bool) throws { unfinished() }
    public func pausedTypes() throws -> [String: Timestamp] { unfinished() }
    public func unblockStrandedJobs() throws -> [JobRow] { unfinished() }
    public func job(_ jobID: JobID) throws -> JobRow? { unfinished() }
    public func chains(_ query: ChainQuery) throws -> Page<ChainEnds> { unfinished() }
    public func jobs(_ query: JobQuery) throws -> Page<JobRow> { unfinished() }
    public func blockers(ofJob jobID: JobID) throws -> [JobBlocker] { unfinished() }
    public func jobCounts() throws -> [String: JobCounts] { unfinished() }
    public func waitingJobCounts() throws -> [String: Int] { try jobCounts().mapValues(\.waiting).filter { $0.value > 0 } }
}
