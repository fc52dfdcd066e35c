/// Which jobs a worker wants.
public struct ClaimRequest: Sendable {
    /// The types that the worker processes.
    public var typeNames: [String]
    /// Those of them that wait for other chains, whose outputs the claim returns.
    public var typesWithBlockers: Set<String>
    /// How many jobs at most, where ``batchSizes`` says nothing else.
    public var limit: Int
    /// How many jobs of a type count as one towards ``limit``; one for types that are not named.
    public var batchSizes: [String: Int]
    /// The worker.
    public var worker: String
    /// How long the leases last.
    public var leaseDuration: Duration

    /// Makes a request.
    ///
    /// - Parameters:
    ///   - typeNames: The types that the worker processes.
    ///   - typesWithBlockers: Those of them that wait for other chains.
    ///   - limit: How many jobs at most.
    ///   - batchSizes: How many jobs of a type count as one towards the limit.
    ///   - worker: The worker.
    ///   - leaseDuration: How long the leases last.
    public init(
        typeNames: [String], typesWithBlockers: Set<String> = [], limit: Int, batchSizes: [String: Int] = [:],
        worker: String, leaseDuration: Duration
    ) {
        self.typeNames = typeNames
        self.typesWithBlockers = typesWithBlockers
        self.limit = limit
        self.batchSizes = batchSizes
        self.worker = worker
        self.leaseDuration = leaseDuration
    }
}

/// A job that a worker has, or had until its lease was over.
public struct ClaimedJob: Sendable, Hashable {
    /// The job, as the claim left it.
    public var row: JobRow
    /// The context of the attempt before this one.
    public var previousAttemptContext: String?
    /// What the job waited for, in order.
    public var blockers: [ClaimedBlocker]
    /// After how many failed attempts the worker that claimed the job doesn't try it again; `nil` if it always does, or isn't
    /// known.
    public var maximumAttempts: Int?

    /// Makes a claimed job.
    ///
    /// - Parameters:
    ///   - row: The job.
    ///   - previousAttemptContext: The context of the attempt before this one.
    ///   - blockers: What the job waited for, in order.
    public init(row: JobRow, previousAttemptContext: String? = nil, blockers: [ClaimedBlocker] = []) {
        self.row = row
        self.previousAttemptContext = previousAttemptContext
        self.blockers = blockers
    }
}

/// A chain that a claimed job waited for.
public struct ClaimedBlocker: Sendable, Hashable {
    /// The chain.
    public var chainID: JobID
    /// The name of the type of the chain's first job.
    public var chainTypeName: String
    /// What the chain yielded, encoded.
    public var output: String
    /// The context of the span that started the chain.
    public var chainStartContext: String?

    /// Makes a blocker of a claimed job.
    ///
    /// - Parameters:
    ///   - chainID: The chain.
    ///   - chainTypeName: The name of the type of the chain's first job.
    ///   - output: What the chain yielded, encoded.
    ///   - chainStartContext: The context of the span that started the chain.
    public init(chainID: JobID, chainTypeName: String, output: String, chainStartContext: String?) {
        self.chainID = chainID
        self.chainTypeName = chainTypeName
        self.output = output
        self.chainStartContext = chainStartContext
    }
}

/// What a claim came to.
public struct ClaimResult: Sendable {
    /// The jobs, the most urgent first: in the order in which they became due, each step of priority a minute ahead.
    public var jobs: [ClaimedJob]
    /// How long until the next job of these types is due, if fewer were claimed than asked for and there is one.
    public var nextDueIn: Duration?

    /// Makes a result.
    ///
    /// - Parameters:
    ///   - jobs: The jobs, the most urgent first.
    ///   - nextDueIn: How long until the next job is due.
    public init(jobs: [ClaimedJob], nextDueIn: Duration? = nil) {
        self.jobs = jobs
        self.nextDueIn = nextDueIn
    }
}

/// The right to end an attempt.
public struct Lease: Sendable, Hashable {
    /// The job.
    public var jobID: JobID
    /// The number of the claim.
    public var token: Int64

    /// Makes a lease.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - token: The number of the claim.
    public init(jobID: JobID, token: Int64) {
        self.jobID = jobID
        self.token = token
    }
}
