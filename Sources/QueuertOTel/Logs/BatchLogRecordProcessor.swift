public import Logging

/// Collects log records and exports them in batches, on a thread of its own.
///
/// It works as ``BatchSpanProcessor`` does: bounded, never waiting, every loss counted and told once an episode.
///
/// What it logs itself goes to the given logger, which must not lead back to it: what is told there is told because
/// records can't be exported.
public final class BatchLogRecordProcessor: LogRecordProcessor {
    /// How records are collected: as spans are, but for a delay of 1 second by default.
    public typealias Configuration = BatchConfiguration
    /// What became of the records: each is counted once.
    public typealias Statistics = BatchStatistics

    /// How records are collected.
    public let configuration: Configuration
    let worker: BatchWorker<LogRecordData>

    /// Makes a processor and starts its thread.
    ///
    /// - Parameters:
    ///   - exporter: Where batches go. It is called on the processor's thread only, but for `interrupt()`.
    ///   - configuration: How records are collected.
    ///   - logger: Told of losses.
    public init(
        exporter: any LogRecordExporter, configuration: Configuration = Configuration(scheduleDelay: .seconds(1)),
        logger: Logger
    ) {
        self.configuration = configuration
        worker = BatchWorker(
            signal: .logs, component: ExporterComponent(of: exporter), configuration: configuration, logger: logger,
            export: { exporter.export($0, timeout: $1) }, interrupt: { exporter.interrupt() },
            isCutOff: { $0.droppedAttributes > 0 })
        worker.start()
    }

    deinit {
        worker.shutDown(timeout: configuration.exportTimeout) { _ in }
    }

    /// What became of the records that were logged so far.
    public var statistics: Statistics { worker.statistics }

    /// Queues a record, or drops and counts it.
    ///
    /// - Parameter record: The record.
    public func logged(_ record: LogRecordData) { worker.offer(record) }

    /// Exports all records that were logged before the call.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all of them were taken; a timeout leaves them queued.
    public func flush(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.flush(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }

    /// Exports what waits and ends the thread.
    ///
    /// When the time is up the export under way is interrupted and the rest is dropped and counted. Records that are
    /// logged after this call are dropped and counted too. Later calls wait for what the first one began.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all records were taken.
    public func shutdown(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.shutDown(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }
}
