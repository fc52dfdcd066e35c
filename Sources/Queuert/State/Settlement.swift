/// The end of an attempt, to be written.
public struct Settlement: Sendable {
    /// How an attempt ends.
    public enum Outcome: Sendable {
        /// The chain ends with this output, encoded.
        case completed(output: String)
        /// The chain goes on with this job.
        ///
        /// Indirect, because it is by far the largest, and most settlements are others.
        indirect case continued(NewJob)
        /// The job is to be tried again.
        case retried(Schedule, error: String?, AttemptOutcome)
        /// The job has failed, and is not to be tried again by itself.
        case failed(error: String?, AttemptOutcome)
        /// The job is given back as if it had not been claimed.
        case released

        /// Whether the job is over, so that no other attempt follows.
        var endsJob: Bool {
            switch self {
            case .completed, .continued: true
            case .retried, .failed, .released: false
            }
        }
    }

    /// The right to end the attempt.
    ///
    /// Without a worker it is the number of the job's last claim, whether it is leased or not.
    public var lease: Lease
    /// The chain of the job.
    public var chainID: JobID
    /// The worker that ends it; `nil` if the job is completed without one.
    ///
    /// That needs no lease: any job that has not ended will do, and an attempt that runs is superseded.
    public var worker: String?
    /// The context of the attempt's span.
    public var attemptContext: String?
    /// How it ends.
    public var outcome: Outcome
    /// Whether it ends only if its lease is over when that is written: it may have been prolonged since it was found.
    public var requiresLapsedLease: Bool

    /// Makes a settlement.
    ///
    /// - Parameters:
    ///   - lease: The right to end the attempt.
    ///   - chainID: The chain of the job.
    ///   - worker: The worker that ends it; `nil` without one.
    ///   - attemptContext: The context of the attempt's span.
    ///   - outcome: How it ends.
    ///   - requiresLapsedLease: Whether it ends only if its lease is over when that is written.
    public init(
        lease: Lease, chainID: JobID, worker: String?, attemptContext: String?, outcome: Outcome,
        requiresLapsedLease: Bool = false
    ) {
        self.lease = lease
        self.chainID = chainID
        self.worker = worker
        self.attemptContext = attemptContext
        self.outcome = outcome
        self.requiresLapsedLease = requiresLapsedLease
    }
}

/// What came of a settlement.
public enum SettlementResult: Sendable {
    /// The attempt is over.
    case settled(SettledAttempt)
    /// The lease is another attempt's by now, or is not over as it had to be; nothing was written.
    case leaseLost
}

/// An attempt that is over.
public struct SettledAttempt: Sendable {
    /// When the settlement was written.
    public var at: Timestamp
    /// When the job is due again, if it is to be tried again.
    public var scheduledAt: Timestamp?
    /// The job that follows.
    public var successor: JobRow?
    /// The chain's first job, if the chain ended.
    public var chainStart: ChainStart?
    /// The waits that the chain's end resolved.
    public var resolved: [ResolvedBlocker]
    /// The attempt that ran while the job was completed without a worker.
    public var superseded: ClaimedJob?

    /// Makes the record of an attempt that is over.
    ///
    /// - Parameters:
    ///   - at: When the settlement was written.
    ///   - scheduledAt: When the job is due again.
    ///   - successor: The job that follows.
    ///   - chainStart: The chain's first job, if the chain ended.
    ///   - resolved: The waits that the chain's end resolved.
    ///   - superseded: The attempt that ran while the job was completed without a worker.
    public init(
        at: Timestamp, scheduledAt: Timestamp? = nil, successor: JobRow? = nil, chainStart: ChainStart? = nil,
        resolved: [ResolvedBlocker] = [], superseded: ClaimedJob? = nil
    ) {
        self.at = at
        self.scheduledAt = scheduledAt
        self.successor = successor
        self.chainStart = chainStart
        self.resolved = resolved
        self.superseded = superseded
    }
}

/// What is known of the start of a chain.
public struct ChainStart: Sendable, Hashable {
    /// When the chain was created.
    public var createdAt: Timestamp
    /// The context of the span that started it.
    public var context: String?

    /// Makes the start of a chain.
    ///
    /// - Parameters:
    ///   - createdAt: When the chain was created.
    ///   - context: The context of the span that started it.
    public init(createdAt: Timestamp, context: String?) {
        self.createdAt = createdAt
        self.context = context
    }
}

/// A wait for a chain that is over.
public struct ResolvedBlocker: Sendable, Hashable {
    /// The job that waited.
    public var jobID: JobID
    /// The name of that job's type.
    public var jobTypeName: String
    /// The chain of that job.
    public var jobChainID: JobID
    /// The context of the span that created that job.
    public var jobContext: String?
    /// The context of the span that tells of the wait.
    public var awaitContext: String?
    /// The wait's place among the job's waits, from zero.
    public var ordinal: Int
    /// When the wait began.
    public var blockedAt: Timestamp
    /// Whether the job waits for nothing else.
    public var unblocksJob: Bool
    /// When the job is due.
    public var scheduledAt: Timestamp

    /// Makes a wait that is over.
    ///
    /// - Parameters:
    ///   - jobID: The job that waited.
    ///   - jobTypeName: The name of that job's type.
    ///   - jobChainID: The chain of that job.
    ///   - jobContext: The context of the span that created that job.
    ///   - awaitContext: The context of the span that tells of the wait.
    ///   - ordinal: The wait's place among the job's waits, from zero.
    ///   - blockedAt: When the wait began.
    ///   - unblocksJob: Whether the job waits for nothing else.
    ///   - scheduledAt: When the job is due.
    public init(
        jobID: JobID, jobTypeName: String, jobChainID: JobID, jobContext: String?, awaitContext: String?, ordinal: Int,
        blockedAt: Timestamp, unblocksJob: Bool, scheduledAt: Timestamp
    ) {
        self.jobID = jobID
        self.jobTypeName = jobTypeName
        self.jobChainID = jobChainID
        self.jobContext = jobContext
        self.awaitContext = awaitContext
        self.ordinal = ordinal
        self.blockedAt = blockedAt
        self.unblocksJob = unblocksJob
        self.scheduledAt = scheduledAt
    }
}
