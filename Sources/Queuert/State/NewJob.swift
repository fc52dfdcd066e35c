/// A job to be written.
public struct NewJob: Sendable, Hashable {
    /// A chain that the job waits for.
    public struct Blocker: Sendable, Hashable {
        /// The chain.
        public var chainID: JobID
        /// The name of the type that the chain must have started with; `nil` if any will do.
        public var chainTypeName: String?
        /// The context of the span that will tell of the wait.
        public var traceContext: String?

        /// Makes a blocker.
        ///
        /// - Parameters:
        ///   - chainID: The chain.
        ///   - chainTypeName: The name of the type that the chain must have started with; `nil` if any will do.
        ///   - traceContext: The context of the span that will tell of the wait.
        public init(chainID: JobID, chainTypeName: String? = nil, traceContext: String? = nil) {
            self.chainID = chainID
            self.chainTypeName = chainTypeName
            self.traceContext = traceContext
        }
    }

    /// The job.
    public var id: JobID
    /// The name of the job's type.
    public var typeName: String
    /// The chain: the job itself, if it is the first.
    public var chainID: JobID
    /// The name of the type of the chain's first job.
    public var chainTypeName: String
    /// The job's place in the chain, from zero.
    public var chainIndex: Int
    /// What the job is started with, encoded.
    public var input: String
    /// When the job is due.
    public var schedule: Schedule
    /// How urgent the job is.
    public var priority: Priority
    /// Whether an existing chain does as well; only for the first job of a chain.
    public var deduplication: Deduplication?
    /// The chains that the job waits for, in the order in which its handler sees them.
    public var blockers: [Blocker]
    /// The trace columns.
    public var trace: JobTraceColumns

    /// Makes a job to be written.
    ///
    /// - Parameters:
    ///   - id: The job.
    ///   - typeName: The name of the job's type.
    ///   - chainID: The chain.
    ///   - chainTypeName: The name of the type of the chain's first job.
    ///   - chainIndex: The job's place in the chain, from zero.
    ///   - input: What the job is started with, encoded.
    ///   - schedule: When the job is due.
    ///   - priority: How urgent the job is.
    ///   - deduplication: Whether an existing chain does as well.
    ///   - blockers: The chains that the job waits for.
    ///   - trace: The trace columns.
    public init(
        id: JobID, typeName: String, chainID: JobID, chainTypeName: String, chainIndex: Int, input: String,
        schedule: Schedule = .now, priority: Priority = .normal, deduplication: Deduplication? = nil,
        blockers: [Blocker] = [], trace: JobTraceColumns = JobTraceColumns()
    ) {
        self.id = id
        self.typeName = typeName
        self.chainID = chainID
        self.chainTypeName = chainTypeName
        self.chainIndex = chainIndex
        self.input = input
        self.schedule = schedule
        self.priority = priority
        self.deduplication = deduplication
        self.blockers = blockers
        self.trace = trace
    }
}

/// What came of a job that was to be written.
public struct InsertedJob: Sendable, Hashable {
    /// The job; the first one of the existing chain, if that does as well.
    public var row: JobRow
    /// Whether nothing was written, because an existing chain does as well.
    public var isExisting: Bool

    /// Makes the record of a job that was to be written.
    ///
    /// - Parameters:
    ///   - row: The job.
    ///   - isExisting: Whether nothing was written.
    public init(row: JobRow, isExisting: Bool = false) {
        self.row = row
        self.isExisting = isExisting
    }
}
