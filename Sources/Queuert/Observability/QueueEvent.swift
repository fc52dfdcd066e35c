/// Something that happens in a queue and is no part of a job's, an attempt's or a chain's own telemetry.
///
/// What belongs to a transaction is told after its commit. Later versions may add cases: have a `default`.
public enum QueueEvent: Sendable {
    /// A worker begins to work.
    case workerStarted(WorkerActivity)
    /// A worker claims nothing more; what it runs may end.
    case workerStopping(WorkerActivity)
    /// A worker has stopped.
    case workerStopped(WorkerActivity)
    /// The database failed a worker, which tries again.
    case databaseFailed(DatabaseFailure)
    /// A worker can't claim jobs from now on, until ``outageEnded(_:)``.
    case outageBegan(DatabaseFailure)
    /// A worker claims jobs again.
    case outageEnded(EndedOutage)
    /// A worker has prolonged the leases of its attempts: how many, by the names of their jobs' types.
    case leasesRenewed([String: Int])
    /// A worker finds that the lease of an attempt isn't its own any more: whoever took it tells of the attempt's end.
    case leaseLost(LostLease)
    /// Hints may have been lost, so that workers find some jobs at their next poll only.
    case hintsMissed(worker: String)
    /// Jobs were made due.
    case jobsTriggered([JobRow])
    /// Jobs that had failed are tried again.
    case jobsRedriven([JobRow])
    /// A chain was deleted; one that had not ended is told of by ``ObservabilityAdapter/chainEnded(_:)``, too.
    case chainDeleted(JobID, typeName: String)
    /// A worker finds that a type of its jobs is paused.
    case typePaused(String)
    /// A worker finds that a type of its jobs is no longer paused.
    case typeResumed(String)
}

/// What a worker can be asked at any time.
public struct WorkerActivity: Sendable {
    /// What the worker's jobs are leased to.
    public let id: String
    /// The worker's configured name, which workers share that do the same.
    public let name: String
    /// The names of the types that it processes, in order.
    public let typeNames: [String]
    /// Counts the jobs that it has, by the names of their types.
    public let running: @Sendable () -> [String: Int]
    /// Tells whether it would take another job.
    public let hasRoom: @Sendable () -> Bool
    /// Counts the jobs in its database that have not ended.
    public let jobCounts: @Sendable () async throws -> [String: JobCounts]
}

/// Something that the database failed at.
public struct DatabaseFailure: Sendable {
    /// What a worker does in the database.
    public enum Work: String, Sendable, Hashable {
        /// Claiming jobs.
        case claim
        /// Writing the ends of attempts.
        case settle
        /// Prolonging leases.
        case renew
        /// Taking jobs back whose worker died.
        case reap
        /// Giving jobs back.
        case release
    }
    /// What failed.
    public var work: Work
    /// What it failed with.
    public var error: any Error
    /// What the worker's jobs are leased to.
    public var worker: String
}

/// A time in which a worker could not claim jobs.
public struct EndedOutage: Sendable {
    /// How often claiming failed.
    public var failures: Int
    /// How long it lasted.
    public var duration: Duration
    /// What the worker's jobs are leased to.
    public var worker: String
}

/// An attempt whose worker finds that it no longer has the job.
public struct LostLease: Sendable {
    /// The job, as the claim left it.
    public var job: JobRow
    /// The attempt.
    public var attempt: (any AttemptTrace)?
}
