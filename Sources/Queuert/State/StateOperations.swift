/// The queue's statements, for one database.
///
/// Each call is one round trip where the database allows it, and is made by whoever is isolated to the connection. Times
/// are those of the database, at the moment of the statement.
public protocol StateOperations {
    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// Jobs are written in order, so that one may wait for, or be the same as, one before it. A job is blocked while one of
    /// its blockers' chains has not completed. A chain that ends at the same moment in another transaction must not leave
    /// the job blocked. Of transactions that write the same deduplication key at once, one writes a chain.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: What came of each, in the order of the jobs.
    /// - Throws: ``DuplicateJobIDError`` if a job of that identifier exists, ``InvalidJobIDError`` if the database
    ///   can't hold one, ``ChainNotFoundError`` if a blocker doesn't exist, ``ChainCancelledError`` if it was
    ///   cancelled, ``JobTypeMismatchError`` if it started with another type, or an error of the database. Then nothing
    ///   is written.
    func insertJobs(_ jobs: [NewJob]) throws -> [InsertedJob]

    /// Takes jobs that are due and leases them to a worker, except those of paused types.
    ///
    /// What it costs does not depend on how many jobs wait.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, the most urgent first, and when the next one is due.
    /// - Throws: An error of the database.
    func claimJobs(_ request: ClaimRequest) throws -> ClaimResult

    /// Looks whether there is anything to claim, without writing: what an idle worker does at each poll.
    ///
    /// - Parameter typeNames: The types that the worker processes.
    /// - Returns: How long until the next job of these types, paused ones left out, is due: zero if one is; `nil` if there
    ///   is none.
    /// - Throws: An error of the database.
    func nextClaimableIn(typeNames: [String]) throws -> Duration?

    /// Prolongs leases.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged; the others are lost.
    /// - Throws: An error of the database.
    func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease>

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs, the longest overdue first.
    /// - Throws: An error of the database.
    func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob]

    /// Ends attempts.
    ///
    /// What belongs to one settlement is written together: the job, its successor, what it unblocks, the failed attempt's
    /// record. A settlement whose lease is not the job's current one changes nothing, and nor does one that requires a lease
    /// that is over (``Settlement/requiresLapsedLease``) while it is not.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor, or an error of the database.
    func settle(_ settlements: [Settlement]) throws -> [SettlementResult]

    /// Ends attempts, where nothing more is done in the open transaction: its body returns next.
    ///
    /// A database may commit along with it, which saves a round trip; then what refuses the commit is thrown here. Nothing is
    /// committed if a lease is lost. By default it only ends them, and the commit follows.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``settle(_:)`` throws, or what refused the commit.
    func settleLast(_ settlements: [Settlement]) throws -> [SettlementResult]

    /// Finds the last job of a chain, and keeps others from ending or claiming it until the transaction is over.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The job, with the outputs of what it waited for; `nil` if there is no such chain.
    /// - Throws: An error of the database.
    func lockedLastJob(ofChain chainID: JobID) throws -> ClaimedJob?

    /// Makes jobs due that are due later: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that is neither scheduled nor ready, or an error of the
    ///   database. Then nothing is changed.
    func triggerJobs(_ jobIDs: [JobID]) throws -> [JobRow]

    /// Makes jobs due that have failed, as if they had never been tried: all of them, or none.
    ///
    /// - Parameter jobIDs: The jobs.
    /// - Returns: The jobs, in order, as they are now.
    /// - Throws: ``JobNotFoundError``, ``JobStatusError`` for the first that has not failed, or an error of the database. Then
    ///   nothing is changed.
    func redriveJobs(_ jobIDs: [JobID]) throws -> [JobRow]

    /// Cancels chains: their last jobs, if they have not completed, end without an output.
    ///
    /// Attempts that run lose their lease, and are recorded. Chains that have ended already, other than by failing, are left.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - dependants: What becomes of jobs that wait for them.
    /// - Returns: What was cancelled, each once, causes before effects.
    /// - Throws: ``ChainNotFoundError``, ``ChainHasDependantsError`` if that is refused, or an error of the database. Then
    ///   nothing is changed.
    func cancelChains(_ chainIDs: [JobID], dependants: DependantPolicy) throws -> [CancelledChain]

    /// Deletes chains with all their jobs and records.
    ///
    /// Chains that don't exist are left out. Attempts that run lose their lease.
    ///
    /// - Parameter request: Which chains.
    /// - Returns: What was deleted, each once.
    /// - Throws: ``ChainHasDependantsError`` if a job that has not ended, of a chain that is not deleted, waits or waited for one
    ///   of the named chains; or an error of the database. Then nothing is changed.
    func deleteChains(_ request: DeletionRequest) throws -> [DeletedChain]

    /// Deletes chains that ended long ago, as far as no job that has not ended waited for them.
    ///
    /// - Parameter request: Which chains, and how many at once.
    /// - Returns: How many were deleted, and where to go on.
    /// - Throws: An error of the database.
    func cleanUp(_ request: CleanupRequest) throws -> CleanupResult

    /// Pauses types of jobs, or resumes them. Running attempts go on.
    ///
    /// - Parameters:
    ///   - typeNames: The types.
    ///   - isPaused: Whether jobs of these types are not to be claimed.
    /// - Throws: An error of the database.
    func setPaused(_ typeNames: [String], to isPaused: Bool) throws

    /// Finds the types that are paused.
    ///
    /// - Returns: The types' names and since when they are paused.
    /// - Throws: An error of the database.
    func pausedTypes() throws -> [String: Timestamp]

    /// Makes jobs ready that are blocked though all that they wait for has completed.
    ///
    /// There are none, unless a row was changed by hand or the adapter has a fault: a proof, and a way out.
    ///
    /// - Returns: The jobs, as they are now.
    /// - Throws: An error of the database.
    func unblockStrandedJobs() throws -> [JobRow]

    /// Looks whether there is a job that ``unblockStrandedJobs()`` would make ready, without writing.
    ///
    /// By default that isn't known, so that the statement which writes is run.
    ///
    /// - Returns: Whether there may be one.
    /// - Throws: An error of the database.
    func hasStrandedJobs() throws -> Bool

    /// Finds the ends of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: Its first and its last job, which may be the same; `nil` if there is no such chain.
    /// - Throws: An error of the database.
    func chainEnds(_ chainID: JobID) throws -> ChainEnds?

    /// Finds the jobs of a chain.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last; empty if there is no such chain.
    /// - Throws: An error of the database.
    func jobs(ofChain chainID: JobID) throws -> [JobRow]

    /// Finds the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: An error of the database.
    func failedAttempts(ofJob jobID: JobID) throws -> [AttemptRow]

    /// Finds the last attempts of a job that did not succeed: a job that is tried, or asks to be called again, for years has
    /// many.
    ///
    /// By default all of them are read; an adapter should read no more than it is asked for.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - count: How many at most.
    /// - Returns: The attempts, from the first of them to the last.
    /// - Throws: An error of the database.
    func failedAttempts(ofJob jobID: JobID, last count: Int) throws -> [AttemptRow]

    /// Counts how many of the last attempts of jobs failed or were lost in a row: back from the last one to one that
    /// ended otherwise, such as by asking to be called again.
    ///
    /// Attempts that were given back are passed over, as if they had not been made. By default all attempts of the jobs are
    /// read; an adapter should look at no more than it is asked for.
    ///
    /// - Parameter counts: By job, how many attempts to look at.
    /// - Returns: By job, how many of them failed or were lost in a row; a job without any may be left out.
    /// - Throws: An error of the database.
    func failures(inLastAttempts counts: [JobID: Int]) throws -> [JobID: Int]

    /// Finds a job.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The job; `nil` if there is none.
    /// - Throws: An error of the database.
    func job(_ jobID: JobID) throws -> JobRow?

    /// Lists chains, a page at a time.
    ///
    /// What is created between two pages moves nothing from one to the other.
    ///
    /// - Parameter query: Which chains, and in which order.
    /// - Returns: The ends of the chains, and where to go on.
    /// - Throws: ``InvalidCursorError``, or an error of the database.
    func chains(_ query: ChainQuery) throws -> Page<ChainEnds>

    /// Lists jobs, a page at a time.
    ///
    /// What is created between two pages moves nothing from one to the other.
    ///
    /// - Parameter query: Which jobs, and in which order.
    /// - Returns: The jobs, and where to go on.
    /// - Throws: ``InvalidCursorError``, or an error of the database.
    func jobs(_ query: JobQuery) throws -> Page<JobRow>

    /// Finds what a job waits or waited for.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The chains, in the order in which the job's handler sees them.
    /// - Throws: An error of the database.
    func blockers(ofJob jobID: JobID) throws -> [JobBlocker]

    /// Counts the jobs that have not ended or have failed, without looking at those that have completed.
    ///
    /// - Returns: The counts of each type that has such jobs.
    /// - Throws: An error of the database.
    func jobCounts() throws -> [String: JobCounts]

    /// Asks for the time, which is the database's.
    ///
    /// - Returns: The time at the moment of the statement, by the clock that jobs become due by.
    /// - Throws: An error of the database.
    func databaseTime() throws -> Timestamp
}

extension StateOperations {
    /// Finds the last attempts of a job that did not succeed, among all that are on record.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - count: How many at most.
    /// - Returns: The attempts, from the first of them to the last.
    /// - Throws: What ``failedAttempts(ofJob:)`` throws.
    public func failedAttempts(ofJob jobID: JobID, last count: Int) throws -> [AttemptRow] {
        Array(try failedAttempts(ofJob: jobID).suffix(count))
    }

    /// Says that there may be stranded jobs, since it isn't known.
    ///
    /// - Returns: Always true.
    public func hasStrandedJobs() -> Bool { true }

    /// Counts how many of the last attempts of jobs failed or were lost in a row, among all that are on record.
    ///
    /// - Parameter counts: By job, how many attempts to look at.
    /// - Returns: By job, how many of them failed or were lost in a row.
    /// - Throws: What ``failedAttempts(ofJob:)`` throws.
    public func failures(inLastAttempts counts: [JobID: Int]) throws -> [JobID: Int] {
        var failures: [JobID: Int] = [:]
        for (jobID, count) in counts {
            let last = try failedAttempts(ofJob: jobID).filter { $0.outcome != .released }.suffix(count)
            failures[jobID] = last.reversed().prefix { $0.outcome == .failed || $0.outcome == .lost }.count
        }
        return failures
    }

    /// Ends attempts, and leaves the commit to who began the transaction.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``settle(_:)`` throws.
    public func settleLast(_ settlements: [Settlement]) throws -> [SettlementResult] { try settle(settlements) }
}
