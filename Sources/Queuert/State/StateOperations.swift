/// The queue's statements, for one database.
///
/// Each call is one round trip where the database allows it, and is made by whoever is isolated to the connection. Times
/// are those of the database, at the moment of the statement.
public protocol StateOperations {
    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// A job is blocked while one of its blockers' chains has not ended. A chain that ends at the same moment in another
    /// transaction must not leave the job blocked.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: The rows, in the order of the jobs.
    /// - Throws: ``DuplicateJobIDError`` if a job of that identifier exists, ``ChainNotFoundError`` if a blocker doesn't,
    ///   ``JobTypeMismatchError`` if it started with another type, or an error of the database.
    func insertJobs(_ jobs: [NewJob]) throws -> [JobRow]

    /// Takes jobs that are due and leases them to a worker.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, in the order in which they became due, and when the next one is.
    /// - Throws: An error of the database.
    func claimJobs(_ request: ClaimRequest) throws -> ClaimResult

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
    /// record. A settlement whose lease is not the job's current one changes nothing.
    ///
    /// - Parameter settlements: The attempts' ends.
    /// - Returns: What came of each, in the order of the settlements.
    /// - Throws: What ``insertJobs(_:)`` throws of a successor, or an error of the database.
    func settle(_ settlements: [Settlement]) throws -> [SettlementResult]

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

    /// Counts the jobs that wait to run, by type.
    ///
    /// - Returns: The number of jobs that are neither completed nor leased, for each type that has any.
    /// - Throws: An error of the database.
    func waitingJobCounts() throws -> [String: Int]
}
