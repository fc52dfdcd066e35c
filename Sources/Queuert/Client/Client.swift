public import Logging

/// Starts chains, and tells what became of them.
///
/// A client is cheap to copy and is shared by the whole process.
public struct Client<Adapter: StateAdapter>: Sendable {
    /// Where chains are stored.
    public let adapter: Adapter
    /// How workers and waiters are told of what happened.
    public var notify: any NotifyAdapter { hintTarget.notify }
    private let parts: ClientParts

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - adapter: Where chains are stored.
    ///   - notify: How workers and waiters are told of what happened; by default those in this process are.
    ///   - types: The types that chains may be started and continued with; by default any. A set finds two types of one name
    ///     at once, wherever they are declared.
    ///   - codec: How inputs and outputs are stored; as JSON by default.
    ///   - observability: Who is told of the work, such as QueuertOTel. If its outbox is in another database, that is
    ///     logged as an error, no transaction writes telemetry, and no worker can be made with the client.
    ///   - identifiers: Makes the identifiers of jobs; UUIDs of version 7 by default.
    ///   - clock: How to wait. The time of day is the database's.
    ///   - logger: What is logged goes here.
    public init(
        adapter: Adapter, notify: any NotifyAdapter = InProcessNotify(), types: JobTypes? = nil,
        codec: any PayloadCodec = JSONPayloadCodec(),
        observability: (any ObservabilityAdapter)? = nil, identifiers: any JobIDGenerator = UUIDv7Generator(),
        clock: any QueueClock = SystemClock(), logger: Logger = Logger(label: "queuert")
    ) {
        self.adapter = adapter
        let database = adapter.databaseIdentity
        if let database { observability?.clientMade(in: database) }
        let outboxError = observability?.outboxError(inClientOf: database)
        if let outboxError { logger.error("\(outboxError)") }
        parts = ClientParts(
            hintTarget: HintTarget(notify), observability: observability, identifiers: identifiers, clock: clock,
            logger: logger, codec: JobCodec(payloads: codec, types: types), outboxError: outboxError)
    }

    /// Runs a body in one transaction: the user's own statements and the chains that it starts commit together.
    ///
    /// Commits when the body returns and rolls back when it throws. Workers are told after the commit.
    ///
    /// - Parameter body: What to run, on the transaction's connection.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, ``NestedTransactionError`` if the task has a transaction on this database open
    ///   already, `CancellationError` if it was cancelled meanwhile, or an error of the database, and then nothing is
    ///   written.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated Adapter.Connection) async throws -> R
    ) async throws -> R {
        try await adapter.withTransaction(body)
    }
}

extension Client {
    var hintTarget: HintTarget { parts.hintTarget }
    var observability: (any ObservabilityAdapter)? { parts.observability }
    var identifiers: any JobIDGenerator { parts.identifiers }
    var clock: any QueueClock { parts.clock }
    var logger: Logger { parts.logger }
    var codec: JobCodec { parts.codec }
    /// What keeps transactions from writing their telemetry, if it is to be written where nobody looks for it.
    var outboxError: OutboxDatabaseError? { parts.outboxError }
    /// Whether telemetry of what a transaction writes is written by the transaction, too.
    var recordsTransactions: Bool { parts.recordsTransactions }
}

/// What the copies of a client share, so that a copy is made at no cost.
private final class ClientParts: Sendable {
    let hintTarget: HintTarget
    let observability: (any ObservabilityAdapter)?
    let identifiers: any JobIDGenerator
    let clock: any QueueClock
    let logger: Logger
    let codec: JobCodec
    let outboxError: OutboxDatabaseError?
    let recordsTransactions: Bool

    init(
        hintTarget: HintTarget, observability: (any ObservabilityAdapter)?, identifiers: any JobIDGenerator,
        clock: any QueueClock, logger: Logger, codec: JobCodec, outboxError: OutboxDatabaseError?
    ) {
        self.hintTarget = hintTarget
        self.observability = observability
        self.identifiers = identifiers
        self.clock = clock
        self.logger = logger
        self.codec = codec
        self.outboxError = outboxError
        recordsTransactions = outboxError == nil && observability?.recordsTransactions == true
    }
}
