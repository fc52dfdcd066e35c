/// A job as it is stored.
///
/// State adapters write and return these; nothing in them is interpreted by an adapter but what its statements compare.
public struct JobRow: Sendable, Hashable {
    /// The job.
    public var id: JobID
    /// The name of the job's type.
    public var typeName: String
    /// The chain: the identifier of its first job.
    public var chainID: JobID
    /// The name of the type of the chain's first job.
    public var chainTypeName: String
    /// The job's place in the chain, from zero.
    public var chainIndex: Int
    /// The job that this one continued with.
    public var successorID: JobID?
    /// What the job was started with, encoded.
    public var input: String
    /// What the chain yields, encoded, if this job ended it.
    public var output: String?
    /// When the job was created.
    public var createdAt: Timestamp
    /// When the job is due.
    public var scheduledAt: Timestamp
    /// How urgent the job is.
    public var priority: Priority
    /// Since when nothing but the schedule keeps the job from running.
    ///
    /// That is its creation, or the end of its last blocker, or the end of its last attempt; `nil` while it is blocked.
    public var readyAt: Timestamp?
    /// When the job was completed.
    public var completedAt: Timestamp?
    /// The worker that completed the job; `nil` if it was completed without one.
    public var completedBy: String?
    /// When the job failed for the last time, if it is not to be tried again by itself.
    public var failedAt: Timestamp?
    /// When the chain was cancelled, if this was its last job then.
    public var cancelledAt: Timestamp?
    /// How often the job was claimed, not counting attempts that a shutdown cut short.
    public var attempt: Int
    /// When the running or last attempt was claimed.
    public var lastAttemptAt: Timestamp?
    /// What the last attempt failed with.
    public var lastAttemptError: String?
    /// The worker that runs the job.
    public var leasedBy: String?
    /// The number of the job's last claim, which each write of an attempt has to name.
    public var leaseToken: Int64
    /// When the lease of the running attempt ends.
    public var leasedUntil: Timestamp?
    /// Whether a chain that the job waits for has not ended yet.
    public var hasOpenBlockers: Bool
    /// The trace columns.
    public var trace: JobTraceColumns

    /// Makes a row.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - typeName: The name of the job's type.
    ///   - chainID: The chain.
    ///   - chainTypeName: The name of the type of the chain's first job.
    ///   - chainIndex: The job's place in the chain, from zero.
    ///   - successorID: The job that this one continued with.
    ///   - input: What the job was started with, encoded.
    ///   - output: What the chain yields, encoded.
    ///   - createdAt: When the job was created.
    ///   - scheduledAt: When the job is due.
    ///   - priority: How urgent the job is.
    ///   - readyAt: Since when nothing but the schedule keeps the job from running.
    ///   - completedAt: When the job was completed.
    ///   - completedBy: The worker that completed the job.
    ///   - failedAt: When the job failed for the last time.
    ///   - cancelledAt: When the chain was cancelled.
    ///   - attempt: How often the job was claimed.
    ///   - lastAttemptAt: When the running or last attempt was claimed.
    ///   - lastAttemptError: What the last attempt failed with.
    ///   - leasedBy: The worker that runs the job.
    ///   - leaseToken: The number of the job's last claim.
    ///   - leasedUntil: When the lease ends.
    ///   - hasOpenBlockers: Whether the job is blocked.
    ///   - trace: The trace columns.
    public init(
        id: JobID, typeName: String, chainID: JobID, chainTypeName: String, chainIndex: Int, successorID: JobID? = nil,
        input: String, output: String? = nil, createdAt: Timestamp, scheduledAt: Timestamp,
        priority: Priority = .normal, readyAt: Timestamp?, completedAt: Timestamp? = nil, completedBy: String? = nil,
        failedAt: Timestamp? = nil, cancelledAt: Timestamp? = nil, attempt: Int = 0, lastAttemptAt: Timestamp? = nil,
        lastAttemptError: String? = nil, leasedBy: String? = nil, leaseToken: Int64 = 0, leasedUntil: Timestamp? = nil,
        hasOpenBlockers: Bool, trace: JobTraceColumns = JobTraceColumns()
    ) {
        self.id = id
        self.typeName = typeName
        self.chainID = chainID
        self.chainTypeName = chainTypeName
        self.chainIndex = chainIndex
        self.successorID = successorID
        self.input = input
        self.output = output
        self.createdAt = createdAt
        self.scheduledAt = scheduledAt
        self.priority = priority
        self.readyAt = readyAt
        self.completedAt = completedAt
        self.completedBy = completedBy
        self.failedAt = failedAt
        self.cancelledAt = cancelledAt
        self.attempt = attempt
        self.lastAttemptAt = lastAttemptAt
        self.lastAttemptError = lastAttemptError
        self.leasedBy = leasedBy
        self.leaseToken = leaseToken
        self.leasedUntil = leasedUntil
        self.hasOpenBlockers = hasOpenBlockers
        self.trace = trace
    }

    /// What the job is doing, derived from its columns.
    ///
    /// - Parameter now: The time of the database.
    /// - Returns: The first status that applies, in the order of ``JobStatus``.
    public func status(at now: Timestamp) -> JobStatus {
        if completedAt != nil { return successorID == nil ? .completed : .continued }
        if cancelledAt != nil { return .cancelled }
        if failedAt != nil { return .failed }
        if leasedUntil != nil { return .running }
        if hasOpenBlockers { return .blocked }
        return scheduledAt > now ? .scheduled : .ready
    }
}

/// The trace columns of a job: text that only the observability adapter reads.
public struct JobTraceColumns: Sendable, Hashable {
    /// The context of the chain's current segment.
    public var chainContext: String?
    /// The context of the span that created this job.
    public var jobContext: String?
    /// The context of the running or last attempt.
    public var attemptContext: String?
    /// What else is propagated, if there is anything.
    public var carrier: String?
    /// Where the segment began.
    public var segment: String?

    /// Makes trace columns.
    ///
    /// - Parameters:
    ///   - chainContext: The context of the chain's current segment.
    ///   - jobContext: The context of the span that created this job.
    ///   - attemptContext: The context of the running or last attempt.
    ///   - carrier: What else is propagated.
    ///   - segment: Where the segment began.
    public init(
        chainContext: String? = nil, jobContext: String? = nil, attemptContext: String? = nil, carrier: String? = nil,
        segment: String? = nil
    ) {
        self.chainContext = chainContext
        self.jobContext = jobContext
        self.attemptContext = attemptContext
        self.carrier = carrier
        self.segment = segment
    }
}

/// What a job is doing.
///
/// A job has the first of these that applies.
public enum JobStatus: String, Sendable, Hashable, Codable, CaseIterable {
    /// Done, and another job of the chain follows.
    case continued
    /// Done, and with it the chain.
    case completed
    /// Cancelled, and with it the chain.
    case cancelled
    /// It has used up its attempts, and is tried again only if somebody asks for it.
    case failed
    /// A worker has it.
    case running
    /// It waits for other chains to end.
    case blocked
    /// It is due later.
    case scheduled
    /// It is due, and waits for a worker.
    case ready
}
