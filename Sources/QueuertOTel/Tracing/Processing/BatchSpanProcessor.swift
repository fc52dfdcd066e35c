public import Logging

/// Collects spans and exports them in batches, on a thread of its own.
///
/// To end a span costs its thread a short lock and never waits. The queue is bounded where it is filled: what ends while
/// it is full is dropped, counted and logged once per episode. A batch is exported when it is full, when the first
/// spans of it have waited for the configured delay, or when a flush asks; never two at once.
///
/// Shut it down before the program ends. A processor that is let go without that exports what waits, with the export's
/// timeout for all of it, and then ends its thread.
public final class BatchSpanProcessor: SpanProcessor {
    /// How spans are collected.
    public typealias Configuration = BatchConfiguration
    /// What became of the spans: each is counted once.
    public typealias Statistics = BatchStatistics

    /// How spans are collected.
    public let configuration: Configuration
    let worker: BatchWorker<SpanData>

    /// Makes a processor and starts its thread.
    ///
    /// - Parameters:
    ///   - exporter: Where batches go. It is called on the processor's thread only, but for `interrupt()`.
    ///   - configuration: How spans are collected.
    ///   - logger: Told of losses.
    public init(
        exporter: any SpanExporter, configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.configuration = configuration
        worker = BatchWorker(
            signal: .traces, component: ExporterComponent(of: exporter), configuration: configuration, logger: logger,
            export: { exporter.export($0, timeout: $1) }, interrupt: { exporter.interrupt() },
            isCutOff: { $0.droppedAttributes > 0 || $0.droppedEvents > 0 || $0.droppedLinks > 0 })
        worker.start()
    }

    deinit {
        worker.shutDown(timeout: configuration.exportTimeout) { _ in }
    }

    /// What became of the spans that ended so far.
    public var statistics: Statistics { worker.statistics }

    /// Queues a span, or drops and counts it.
    ///
    /// - Parameter span: The span.
    public func spanEnded(_ span: SpanData) {
        worker.offer(span)
    }

    /// Exports all spans that ended before the call.
    ///
    /// The cancellation of the caller's task doesn't end the wait: the timeout does.
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
    /// When the time is up the export under way is interrupted and the rest is dropped and counted. Spans that end
    /// after this call are dropped and counted too. Later calls wait for what the first one began. The cancellation of
    /// the caller's task doesn't end the wait: the timeout does.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all spans were taken.
    public func shutdown(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.shutDown(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }
}
