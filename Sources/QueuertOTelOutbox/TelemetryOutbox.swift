internal import FoundationEssentials
public import Logging
public import Queuert
public import QueuertOTel

/// Keeps telemetry in a SQLite file, or in the queue's own database, until its receiver has taken it.
///
/// ```swift
/// let telemetry = Telemetry(outbox: try TelemetryOutbox(path: "telemetry.sqlite"))
/// ```
///
/// ```swift
/// let telemetry = Telemetry(outbox: TelemetryOutbox(in: adapter))
/// let client = Client(adapter: adapter, observability: telemetry.queue)
/// ```
///
/// In the queue's database, a transaction keeps the spans of what it writes, so they are there if and only if it is committed.
///
/// A batch that an exporter hands over is on the disk before it counts as exported. It is sent by a thread of the outbox and
/// deleted when the receiver has taken it, so it arrives at least once, over an outage of the receiver and `kill -9` of the
/// process; receivers know spans by their identifiers. What is still in the processor's batch when the process is killed
/// is lost.
///
/// Processes may share a file or a database: one of them sends for all, and when it ends, however it ends, another goes on. While the
/// file can't be used, because the disk is full for instance, batches are sent without it.
public final class TelemetryOutbox: OTLPOutbox {
    /// How much is kept, and how safely.
    public var configuration: Configuration { worker.configuration }
    private let worker: OutboxWorker

    /// Opens the file, or makes it, and starts to send what it keeps as soon as an exporter has been made with the outbox.
    ///
    /// A file that is damaged is renamed to `….damaged-1`, of which a log line tells, and a new one is made.
    ///
    /// - Parameters:
    ///   - path: Where the file is, on a local disk. Others with the same name and an ending are beside it. Who can read it
    ///     can read the telemetry: a new one is readable by its owner only.
    ///   - configuration: How much is kept, and how safely.
    ///   - logger: Told of losses and of what can't be used, once per episode.
    /// - Throws: `SQLiteError` if there can't be a file at the path.
    public convenience init(
        path: String, configuration: Configuration = Configuration(), logger: Logger = Logger(label: "queuert.otel")
    ) throws {
        try self.init(
            path: path, configuration: configuration, logger: logger, pace: OutboxSchedule.Pace(),
            secondsSince1970: { Int64(Date().timeIntervalSince1970) })
    }

    init(
        path: String, configuration: Configuration, logger: Logger, pace: OutboxSchedule.Pace,
        secondsSince1970: @escaping @Sendable () -> Int64
    ) throws {
        let (store, events) = try FileOutboxStore.open(
            path: path, configuration: configuration, clock: secondsSince1970)
        worker = OutboxWorker(
            store: store, events: events, configuration: configuration, pace: pace, logger: logger)
        worker.start()
    }

    /// Uses the table that the queue's database has for telemetry, and starts to send what it keeps as soon as an exporter has
    /// been made with the outbox.
    ///
    /// A transaction of the queue keeps the spans of what it writes, as messages of their own: what is committed is sent, even
    /// if the process is killed the moment after, and what is rolled back is not. All else, such as the spans of your own code,
    /// metrics and log records, is kept when its batch is.
    ///
    /// The table is made by the adapter's migrations, which must have run.
    ///
    /// - Parameters:
    ///   - adapter: The queue's database: the client must have the same one.
    ///   - configuration: How much is kept; `survivesPowerLoss` is for the database to say.
    ///   - logger: Told of losses and of what can't be used, once per episode.
    public convenience init<Adapter: StateAdapter>(
        in adapter: Adapter, configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) where Adapter.Operations: TelemetryOutboxOperations {
        // One that asked for less would take it from those that still have more.
        self.init(
            in: adapter, configuration: configuration, logger: logger, pace: OutboxSchedule.Pace(),
            lease: .seconds(30))
    }

    init<Adapter: StateAdapter>(
        in adapter: Adapter, configuration: Configuration, logger: Logger, pace: OutboxSchedule.Pace, lease: Duration
    ) where Adapter.Operations: TelemetryOutboxOperations {
        worker = OutboxWorker(
            store: DatabaseOutboxStore(
                adapter: adapter, configuration: configuration, lease: lease, poll: pace.poll),
            configuration: configuration, pace: pace, logger: logger)
        worker.start()
    }

    deinit {
        worker.shutDown(timeout: .zero) { _ in }
    }

    /// What became of what this process kept and sent.
    public var statistics: Statistics { worker.statistics }

    /// How many spans, data points and log records are kept; `nil` if that can't be found out.
    ///
    /// Reads the file. Of a table it is how many there were when this process, as the one that sends, last looked.
    public var keptItems: Int? { worker.total?.items }

    /// How many bytes of messages are kept; `nil` if that can't be found out.
    ///
    /// Reads the file. Of a table it is how many there were when this process, as the one that sends, last looked.
    public var keptBytes: Int? { worker.total?.bytes }

    /// Whether this is the outbox that sends, of all that share the file or the database.
    public var isSending: Bool { worker.isLeader }

    /// What became of what this process kept and sent, for metrics.
    public var counts: OTLPOutboxCounts? { worker.statistics }

    /// How much is kept, as it was last looked at, which is about once a second; `nil` before the first look.
    ///
    /// Returns at once, also while the file is written.
    public var waiting: (items: Int, bytes: Int)? { worker.lastLooked.map { ($0.items, $0.bytes) } }

    /// Whether it is in the queue's database.
    public var isInQueueDatabase: Bool { worker.isInQueueDatabase }

    /// The queue's database, as far as it is known which; `nil` if it is kept in a file.
    public var databaseIdentity: DatabaseIdentity? { worker.databaseIdentity }

    /// A transaction was committed that has kept something by itself.
    ///
    /// - Parameter itemCount: How many items.
    public func transactionKept(itemCount: Int) { worker.transactionKept(itemCount: itemCount) }

    /// Something was too large to be kept by a transaction, and is lost.
    ///
    /// - Parameter itemCount: How many items.
    public func couldNotKeep(itemCount: Int) { worker.couldNotKeep(itemCount: itemCount) }

    /// Gives the outbox what it sends a signal's requests with.
    ///
    /// - Parameter sender: Sends the requests of its signal.
    public func attach(_ sender: OTLPRequestSender) { worker.attach(sender) }

    /// Keeps a request.
    ///
    /// Blocks until it is on the disk.
    ///
    /// - Parameter request: The request.
    /// - Returns: Whether it is kept; if not, the exporter sends it itself.
    public func keep(_ request: OTLPRequest) -> Bool { worker.keep(request) }

    /// Sends what is kept, without waiting for another time to try.
    ///
    /// Where another process sends, that it is kept is enough.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all of it was handed over. What can't be sent is still kept, and what the receiver refuses is
    ///   lost: both are a failure.
    public func flush(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.flush(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }

    /// Sends what is kept, stops and leaves the file to others.
    ///
    /// Later calls wait for what the first one began, and come to the same.
    ///
    /// - Parameter timeout: How long to wait at most; when the first call's time is up, the request under way is broken off.
    /// - Returns: Whether all of it was handed over, as for ``flush(timeout:)``.
    public func shutdown(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.shutDown(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }
}
