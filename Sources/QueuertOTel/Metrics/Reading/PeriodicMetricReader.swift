public import Logging

/// Collects what instruments measure, at an interval, and exports it, on a thread of its own.
///
/// Shut it down before the program ends, so that the last interval isn't lost. A reader that is let go without that
/// collects once more, with the timeout of a collection, and then ends its thread.
public final class PeriodicMetricReader: Sendable {
    /// When what is measured is collected.
    public struct Configuration: Hashable, Sendable {
        /// From one collection to the next; less than a millisecond counts as one.
        ///
        /// `OTEL_METRIC_EXPORT_INTERVAL`; 60 seconds.
        public var interval: Duration
        /// How long a collection and its export may take.
        ///
        /// `OTEL_METRIC_EXPORT_TIMEOUT`; 30 seconds.
        public var timeout: Duration

        /// With none at all, the thread would do nothing but collect.
        static let leastInterval = Duration.milliseconds(1)

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - interval: From one collection to the next; less than a millisecond counts as one.
        ///   - timeout: How long a collection and its export may take.
        public init(interval: Duration = .seconds(60), timeout: Duration = .seconds(30)) {
            self.interval = interval
            self.timeout = timeout
        }
    }

    /// What became of what was collected, in data points.
    public struct Statistics: Hashable, Sendable {
        /// How often was collected.
        public var collections = 0
        /// How many of those took longer than they may, so that nothing was exported.
        public var collectionsTooSlow = 0
        /// Points that the receiver took.
        public var exported = 0
        /// Points that the receiver sorted out.
        public var rejected = 0
        /// Points that were refused, or whose receiver could not be reached, by cause.
        public var failedByCause: [ExportFailureCause: Int] = [:]
        /// Points that are being exported.
        public var exporting = 0

        /// Points that were refused, or whose receiver could not be reached, whatever the cause.
        public var failed: Int { failedByCause.values.reduce(0, +) }

        /// Makes statistics of nothing.
        public init() {}
    }

    let worker: MetricReaderWorker
    private let configuration: Configuration

    /// Makes a reader and starts its thread.
    ///
    /// - Parameters:
    ///   - meters: Whose instruments are collected.
    ///   - exporter: Where the metrics go. It is called on the reader's thread only, but for `interrupt()`.
    ///   - configuration: When is collected.
    ///   - logger: Told of collections that take too long and of exports that fail, once per episode.
    public init(
        meters: MeterProvider, exporter: any MetricExporter, configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.configuration = configuration
        worker = MetricReaderWorker(
            meters: meters, exporter: exporter, configuration: configuration, logger: logger)
        worker.start()
    }

    deinit {
        worker.shutDown(timeout: configuration.timeout) { _ in }
    }

    /// What became of what was collected so far.
    public var statistics: Statistics { worker.statistics }

    /// Collects and exports now.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all was taken.
    public func flush(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.flush(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }

    /// Collects and exports once more and ends the thread.
    ///
    /// When the time is up the export under way is interrupted. Later calls wait for what the first one began, and come
    /// to the same.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether all was taken.
    public func shutdown(timeout: Duration) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.shutDown(timeout: timeout) { continuation.resume(returning: $0) }
        }
    }
}
