/// A job as it is stored.
///
/// State adapters write and return these; nothing in them is interpreted by an adapter but what its statements compare.
public struct JobRow: Sendable, Hashable {
    // One reference instead of twenty texts: a row is handed on often, and copied only if it is changed while it is shared.
    private var storage: JobRowStorage

    /// The columns, of which nobody else has this copy.
    private var own: JobRowStorage {
        mutating get {
            if !isKnownUniquelyReferenced(&storage) { storage = JobRowStorage(storage.columns) }
            return storage
        }
    }

    /// The job.
    public var id: JobID {
        get { storage.columns.id }
        set { own.columns.id = newValue }
    }
    /// The name of the job's type.
    public var typeName: String {
        get { storage.columns.typeName }
        set { own.columns.typeName = newValue }
    }
    /// The chain: the identifier of its first job.
    public var chainID: JobID {
        get { storage.columns.chainID }
        set { own.columns.chainID = newValue }
    }
    /// The name of the type of the chain's first job.
    public var chainTypeName: String {
        get { storage.columns.chainTypeName }
        set { own.columns.chainTypeName = newValue }
    }
    /// The job's place in the chain, from zero.
    public var chainIndex: Int {
        get { storage.columns.chainIndex }
        set { own.columns.chainIndex = newValue }
    }
    /// The job that this one continued with.
    public var successorID: JobID? {
        get { storage.columns.successorID }
        set { own.columns.successorID = newValue }
    }
    /// What the job was started with, encoded.
    public var input: String {
        get { storage.columns.input }
        set { own.columns.input = newValue }
    }
    /// What the chain yields, encoded, if this job ended it.
    public var output: String? {
        get { storage.columns.output }
        set { own.columns.output = newValue }
    }
    /// When the job was created.
    public var createdAt: Timestamp {
        get { storage.columns.createdAt }
        set { own.columns.createdAt = newValue }
    }
    /// When the job is due.
    public var scheduledAt: Timestamp {
        get { storage.columns.scheduledAt }
        set { own.columns.scheduledAt = newValue }
    }
    /// How urgent the job is.
    public var priority: Priority {
        get { storage.columns.priority }
        set { own.columns.priority = newValue }
    }
    /// Since when nothing but the schedule keeps the job from running.
    ///
    /// That is its creation, or the end of its last blocker, or the end of its last attempt; `nil` while it is blocked.
    public var readyAt: Timestamp? {
        get { storage.columns.readyAt }
        set { own.columns.readyAt = newValue }
    }
    /// When the job was completed.
    public var completedAt: Timestamp? {
        get { storage.columns.completedAt }
        set { own.columns.completedAt = newValue }
    }
    /// The worker that completed the job; `nil` if it was completed without one.
    public var completedBy: String? {
        get { storage.columns.completedBy }
        set { own.columns.completedBy = newValue }
    }
    /// When the job failed for the last time, if it is not to be tried again by itself.
    public var failedAt: Timestamp? {
        get { storage.columns.failedAt }
        set { own.columns.failedAt = newValue }
    }
    /// When the chain was cancelled, if this was its last job then.
    public var cancelledAt: Timestamp? {
        get { storage.columns.cancelledAt }
        set { own.columns.cancelledAt = newValue }
    }
    /// How often the job was claimed since it was started or last redriven.
    ///
    /// Attempts that a shutdown cut short don't count.
    public var attempt: Int {
        get { storage.columns.attempt }
        set { own.columns.attempt = newValue }
    }
    /// When the running or last attempt was claimed.
    public var lastAttemptAt: Timestamp? {
        get { storage.columns.lastAttemptAt }
        set { own.columns.lastAttemptAt = newValue }
    }
    /// What the last attempt failed with; or, behind `rescheduled: `, why it asked to be called again.
    public var lastAttemptError: String? {
        get { storage.columns.lastAttemptError }
        set { own.columns.lastAttemptError = newValue }
    }
    /// The worker that runs the job.
    public var leasedBy: String? {
        get { storage.columns.leasedBy }
        set { own.columns.leasedBy = newValue }
    }
    /// The number of the job's last claim, which each write of an attempt has to name.
    public var leaseToken: Int64 {
        get { storage.columns.leaseToken }
        set { own.columns.leaseToken = newValue }
    }
    /// When the lease of the running attempt ends.
    public var leasedUntil: Timestamp? {
        get { storage.columns.leasedUntil }
        set { own.columns.leasedUntil = newValue }
    }
    /// Whether a chain that the job waits for has not ended yet.
    public var hasOpenBlockers: Bool {
        get { storage.columns.hasOpenBlockers }
        set { own.columns.hasOpenBlockers = newValue }
    }
    /// The trace columns.
    public var trace: JobTraceColumns {
        get { storage.columns.trace }
        set { own.columns.trace = newValue }
    }

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
    ///   - attempt: How often the job was claimed since it was started or last redriven.
    ///   - lastAttemptAt: When the running or last attempt was claimed.
    ///   - lastAttemptError: What the last attempt failed with, or why it asked to be called again.
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
        storage = JobRowStorage(
            JobColumns(
                id: id, typeName: typeName, chainID: chainID, chainTypeName: chainTypeName, chainIndex: chainIndex,
                successorID: successorID, input: input, output: output, createdAt: createdAt, scheduledAt: scheduledAt,
                priority: priority, readyAt: readyAt, completedAt: completedAt, completedBy: completedBy,
                failedAt: failedAt, cancelledAt: cancelledAt, attempt: attempt, lastAttemptAt: lastAttemptAt,
                lastAttemptError: lastAttemptError, leasedBy: leasedBy, leaseToken: leaseToken,
                leasedUntil: leasedUntil,
                hasOpenBlockers: hasOpenBlockers, trace: trace))
    }

    /// What the job is doing, derived from its columns.
    ///
    /// A row doesn't tell whether the job is in line, where databases leave it when their clock is set back: then lists by
    /// status, counts and claims take it for ready, while this says that it is scheduled until it is due again.
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

    /// Whether two rows say the same.
    ///
    /// - Parameters:
    ///   - left: A row.
    ///   - right: Another row.
    /// - Returns: Whether all their columns are equal.
    public static func == (left: JobRow, right: JobRow) -> Bool {
        left.storage === right.storage || left.storage.columns == right.storage.columns
    }

    /// Hashes the columns.
    ///
    /// - Parameter hasher: What the columns are fed to.
    public func hash(into hasher: inout Hasher) { hasher.combine(storage.columns) }
}

/// The columns of a ``JobRow``.
private struct JobColumns: Sendable, Hashable {
    var id: JobID
    var typeName: String
    var chainID: JobID
    var chainTypeName: String
    var chainIndex: Int
    var successorID: JobID?
    var input: String
    var output: String?
    var createdAt: Timestamp
    var scheduledAt: Timestamp
    var priority: Priority
    var readyAt: Timestamp?
    var completedAt: Timestamp?
    var completedBy: String?
    var failedAt: Timestamp?
    var cancelledAt: Timestamp?
    var attempt: Int
    var lastAttemptAt: Timestamp?
    var lastAttemptError: String?
    var leasedBy: String?
    var leaseToken: Int64
    var leasedUntil: Timestamp?
    var hasOpenBlockers: Bool
    var trace: JobTraceColumns
}

/// What the copies of a ``JobRow`` share.
///
/// Sendable, because it is changed only by a row that is its one owner, and no two tasks change one row at once: a copy in
/// another task is a second owner. A row is a value, of which Swift itself checks that nobody reads it while it is changed, so
/// exclusivity needs no check here.
private final class JobRowStorage: @unchecked Sendable {
    @exclusivity(unchecked) var columns: JobColumns

    init(_ columns: JobColumns) { self.columns = columns }
}

extension JobRow: CustomReflectable {
    /// The columns, so that a row that is printed, or differs in a test, shows them.
    public var customMirror: Mirror {
        Mirror(self, children: Mirror(reflecting: storage.columns).children, displayStyle: .struct)
    }
}
