/// What the core tells of its work.
///
/// Methods are called where the work happens, often on a connection's thread. They must return at once and can't fail:
/// what goes wrong costs telemetry, never a job. What belongs to a transaction is told when it begins and ends in
/// ``JobTrace/committed(_:)``, ``JobTrace/rolledBack()`` or ``JobTrace/refused(_:)``.
public protocol ObservabilityAdapter: Sendable {
    /// A client is made that tells of its work here.
    ///
    /// By default nothing is made of it.
    ///
    /// - Parameter database: The client's database.
    func clientMade(in database: DatabaseIdentity)

    /// Chains are about to be started in one call; ``jobCreating(_:)`` follows for the first job of each.
    ///
    /// - Parameter batch: What is started.
    /// - Returns: What to tell of the transaction's end, after each job was told of it.
    func batchStarting(_ batch: BatchStarting) -> any BatchTrace

    /// A job is about to be written, as the first of a chain or as the next.
    ///
    /// - Parameter job: The job.
    /// - Returns: What to store with the job, and what to tell of the transaction's end.
    func jobCreating(_ job: JobCreating) -> any JobTrace

    /// An attempt was claimed, or its lease ran out.
    ///
    /// Whoever settles an attempt tells of it. An identity that follows from the job is the same, whichever process asks: a claim
    /// stores none, and no two claims of a job have the same ``JobRow/leaseToken``.
    ///
    /// - Parameter job: The job, as the claim left it.
    /// - Returns: The attempt.
    func attempt(_ job: ClaimedJob) -> any AttemptTrace

    /// A job is about to be completed without a worker.
    ///
    /// The result stands for the attempt that there is none of: it is told of the end, and the job that follows has it as its
    /// origin.
    ///
    /// - Parameter job: The job.
    /// - Returns: The completion.
    func completionWithoutWorker(of job: ClaimedJob) -> any CompletionTrace

    /// A chain that a job waited for has ended, and that is committed.
    ///
    /// - Parameter wait: The wait.
    func blockerResolved(_ wait: BlockerResolution)

    /// A chain has ended, and that is committed.
    ///
    /// - Parameter chain: The chain.
    func chainEnded(_ chain: ChainEnding)

    /// Something has happened that no job, attempt or chain tells of.
    ///
    /// By default nothing is made of it.
    ///
    /// - Parameter event: What.
    func happened(_ event: QueueEvent)

    /// Whether telemetry of what a transaction writes is to be written by the transaction, too, where the database can.
    ///
    /// By default it isn't.
    var recordsTransactions: Bool { get }

    /// Where the telemetry is looked for that transactions write, as far as it is known; by default it isn't.
    var outboxDatabase: DatabaseIdentity? { get }

    /// Makes messages of what a transaction has written, before it is committed.
    ///
    /// What the body tells may be undone. It is told again after the commit: see ``transactionCommitted(recorded:_:)``.
    ///
    /// - Parameter tell: Tells what was written, as after the commit.
    /// - Returns: What is to be written with it.
    func recordTransaction(_ tell: () -> Void) -> [TelemetryMessage]

    /// A transaction of which messages were made is committed, and they with it.
    ///
    /// - Parameters:
    ///   - messages: What was written.
    ///   - tell: Tells the same again, for what is not in the messages.
    func transactionCommitted(recorded messages: [TelemetryMessage], _ tell: () -> Void)
}

extension ObservabilityAdapter {
    /// Makes nothing of it.
    ///
    /// - Parameter database: The client's database.
    public func clientMade(in database: DatabaseIdentity) {}

    /// Makes nothing of an event.
    ///
    /// - Parameter event: The event.
    public func happened(_ event: QueueEvent) {}

    /// Nothing is written with transactions.
    public var recordsTransactions: Bool { false }

    /// Not known.
    public var outboxDatabase: DatabaseIdentity? { nil }

    /// Makes nothing of it.
    ///
    /// - Parameter tell: Not called.
    /// - Returns: Nothing.
    public func recordTransaction(_ tell: () -> Void) -> [TelemetryMessage] { [] }

    /// Is told what was written.
    ///
    /// - Parameters:
    ///   - messages: Not looked at.
    ///   - tell: Tells what was written.
    public func transactionCommitted(recorded messages: [TelemetryMessage], _ tell: () -> Void) { tell() }
}

/// Chains that are started in one call.
public struct BatchStarting: Sendable {
    /// The names of the types of the chains' first jobs, in order.
    public var chainTypeNames: [String]
}

/// A job that is about to be written.
public struct JobCreating: Sendable {
    /// The job.
    public var id: JobID
    /// The name of its type.
    public var typeName: String
    /// Its chain.
    public var chainID: JobID
    /// The name of the type of the chain's first job.
    public var chainTypeName: String
    /// The job's place in the chain, from zero.
    public var chainIndex: Int
    /// When it is due.
    public var schedule: Schedule
    /// What it waits for.
    public var blockers: [BlockerReference]
    /// When it and those that follow leave their trace, if the call says so.
    public var mode: TraceMode?
    /// The attempt that continues with it; `nil` if it is the first of its chain.
    public var origin: (any AttemptTrace)?
    /// The call that starts it together with others.
    public var batch: (any BatchTrace)?
}

/// A chain that a job waited for has ended.
public struct BlockerResolution: Sendable {
    /// The job that waited.
    public var wait: ResolvedBlocker
    /// The chain that ended.
    public var chainID: JobID
    /// The name of the type of that chain's first job.
    public var chainTypeName: String
    /// The context of the span that started that chain.
    public var chainStartContext: String?
    /// The attempt that ended it.
    public var resolvedBy: (any AttemptTrace)?
    /// When it ended.
    public var resolvedAt: Timestamp
}

/// A chain that has ended.
public struct ChainEnding: Sendable {
    /// The ways in which a chain ends.
    public enum Result: Sendable, Hashable {
        /// A job ended it with an output.
        case completed
        /// It was cancelled.
        case cancelled
        /// It was deleted before it had ended.
        case deleted
    }
    /// The chain.
    public var id: JobID
    /// The name of the type of its first job.
    public var typeName: String
    /// When it was created, and the context of the span that started it.
    public var start: ChainStart
    /// How many jobs it had.
    public var jobCount: Int
    /// How it ended.
    public var result: Result
    /// The attempt that ended it.
    public var completedBy: (any AttemptTrace)?
    /// When it ended.
    public var endedAt: Timestamp
}

/// The telemetry of chains that are started in one call.
public protocol BatchTrace: Sendable {
    /// The chains were started and committed.
    func committed()
    /// The transaction was rolled back: none was started.
    func rolledBack()
    /// None was started, because that was refused: what becomes of the transaction is up to the caller.
    ///
    /// By default it is told as a rollback.
    ///
    /// - Parameter error: Why.
    func refused(_ error: any Error)
}

extension BatchTrace {
    /// Tells it as a rollback.
    ///
    /// - Parameter error: Not looked at.
    public func refused(_ error: any Error) { rolledBack() }
}

/// The telemetry of a job that is being written.
public protocol JobTrace: Sendable {
    /// What to store with the job.
    var columns: JobTraceColumns { get }
    /// What to store with each of the job's blockers, in order.
    var blockerContexts: [String?] { get }
    /// The job was written and committed.
    ///
    /// - Parameter job: The job as it was written.
    func committed(_ job: JobRow)
    /// Nothing was written, because an existing chain does as well, and that is committed.
    ///
    /// - Parameter job: The first job of the existing chain.
    func existing(_ job: JobRow)
    /// The transaction was rolled back: the job doesn't exist.
    func rolledBack()
    /// The job was not written, because that was refused: what becomes of the transaction is up to the caller.
    ///
    /// By default it is told as a rollback.
    ///
    /// - Parameter error: Why.
    func refused(_ error: any Error)
}

extension JobTrace {
    /// Tells it as a rollback.
    ///
    /// - Parameter error: Not looked at.
    public func refused(_ error: any Error) { rolledBack() }
}
