internal import Dispatch
internal import Foundation
internal import Logging
internal import Synchronization

/// The thread of a metric reader, and what it shares with the threads that flush.
///
/// The thread holds the worker, and the worker doesn't hold the reader: a reader that is let go is shut down by its
/// deinitialiser, and the worker goes with the thread's end.
final class MetricReaderWorker: Sendable {
    /// What the exporter is called.
    let component: ExporterComponent
    private let meters: MeterProvider
    private let exporter: any MetricExporter
    private let logger: Logger
    private let state: Mutex<MetricReaderStateMachine>
    private let wakeSignal = WakeSignal()
    private let observers = Mutex<Observers>(Observers())

    /// Told how long things took, and what they came to.
    private struct Observers {
        var ofCollections: CollectionObserver?
        var ofExports: ExportObserver?
    }

    /// Takes how long a collection took, and whether that was too long.
    typealias CollectionObserver = @Sendable (Duration, _ isTooSlow: Bool) -> Void

    init(
        meters: MeterProvider, exporter: any MetricExporter, configuration: PeriodicMetricReader.Configuration,
        logger: Logger
    ) {
        self.meters = meters
        self.exporter = exporter
        component = ExporterComponent(of: exporter)
        var logger = logger
        logger[metadataKey: "queuert.otlp.signal"] = "\(OTLPSignal.metrics.rawValue)"
        if let endpoint = component.endpoint { logger[metadataKey: "queuert.otlp.endpoint"] = "\(endpoint)" }
        self.logger = logger
        state = Mutex(
            MetricReaderStateMachine(interval: configuration.interval, timeout: configuration.timeout, now: .now))
    }

    var statistics: PeriodicMetricReader.Statistics { state.withLock { $0.statistics } }

    /// Has observers told of each collection and each export from now on.
    func observe(collections: @escaping CollectionObserver, exports: @escaping ExportObserver) {
        observers.withLock { $0 = Observers(ofCollections: collections, ofExports: exports) }
    }

    /// Starts the thread.
    ///
    /// Exports block it, so it isn't one of Swift's pool.
    func start() {
        let thread = Thread { @Sendable in self.run() }
        thread.name = "queuert-metrics"
        thread.start()
    }

    func flush(timeout: Duration, completion: @escaping MetricReaderStateMachine.Completion) {
        let request = state.withLock { $0.flush(completion: completion) }
        handle(request, timeout: timeout, completion: completion)
    }

    func shutDown(timeout: Duration, completion: @escaping MetricReaderStateMachine.Completion) {
        let deadline = ContinuousClock.now + timeout
        let request = state.withLock { $0.shutDown(deadline: deadline, completion: completion) }
        handle(request, timeout: timeout, completion: completion)
    }

    private func handle(
        _ request: MetricReaderStateMachine.Request, timeout: Duration,
        completion: MetricReaderStateMachine.Completion
    ) {
        switch request {
        case .answered(let result): completion(result)
        case .waiting(let id):
            wakeSignal.notify()
            guard timeout > .zero else { return expire(id) }
            DispatchQueue.global().asyncAfter(deadline: .now() + DispatchTimeInterval(timeout)) { [weak self] in
                self?.expire(id)
            }
        }
    }

    private func expire(_ id: Int) {
        let expiry = state.withLock { $0.expire(id: id) }
        if expiry.interrupts { exporter.interrupt() }
        complete(expiry.completed)
    }

    private func run() {
        // What is still being looked up for a collection that didn't wait for it.
        var unfinished: LookupBox?
        while true {
            switch state.withLock({ $0.next(now: .now) }) {
            case .wait(let duration): wakeSignal.wait(for: duration)
            case .collect(let timeout):
                let (result, points) = untraced { collectAndExport(timeout: timeout, after: &unfinished) }
                let (completed, episodes) = state.withLock { $0.collected(result, points: points) }
                for episode in episodes { log(episode) }
                complete(completed)
            case .finish(let completed):
                logLosses()
                return complete(completed)
            }
        }
    }

    /// What became of how many points; `nil` if it takes too long to look up what is to be exported.
    private func collectAndExport(
        timeout: Duration, after unfinished: inout LookupBox?
    ) -> (result: ExportResult?, points: Int) {
        let observers = observers.withLock { $0 }
        let start = ContinuousClock.now
        let metrics = collect(until: start + timeout, after: &unfinished)
        let collected = ContinuousClock.now
        observers.ofCollections?(start.duration(to: collected), metrics == nil)
        guard let metrics else { return (nil, 0) }
        // Without any points there is nothing to send.
        guard !metrics.isEmpty else { return (.accepted(rejected: 0), 0) }
        let points = metrics.reduce(0) { $0 + $1.content.pointCount }
        state.withLock { $0.exporting(points: points) }
        let result = exporter.export(metrics, timeout: max(timeout - start.duration(to: collected), .zero))
        observers.ofExports?(collected.duration(to: .now), result)
        return (result, points)
    }

    /// What was measured, or `nil` if it takes too long to look up.
    ///
    /// What is looked up may be asynchronous, such as a question to a database; this thread is the reader's own, so it
    /// may wait for the answer. Nothing is asked for again before the last answer has come: where none ever does, the
    /// questions would pile up.
    private func collect(until deadline: ContinuousClock.Instant, after unfinished: inout LookupBox?) -> [MetricData]? {
        if let last = unfinished {
            guard last.wait(until: deadline) != nil else { return nil }
            unfinished = nil
        }
        let box = LookupBox()
        let task = Task { [meters] in
            let lookups = await meters.lookUp()
            box.fill(lookups)
        }
        guard let lookups = box.wait(until: deadline) else {
            task.cancel()
            unfinished = box
            return nil
        }
        // Not by the task: what it collected when the time is up would reach nobody.
        return meters.collect(lookups)
    }

    private func log(_ episode: MetricReaderStateMachine.Episode) {
        switch episode {
        case .collectionsTooSlow:
            logger.warning(
                "Metrics are not exported: what is looked up takes too long. More is not logged until it is in time.")
        case .collectionsInTimeAgain(let tooSlow):
            logger.notice("Metrics are looked up in time again.", metadata: ["queuert.too_slow": "\(tooSlow)"])
        case .exportsFail(let reason):
            logger.warning("Metrics are lost: they can't be exported.", metadata: ["queuert.reason": "\(reason)"])
        case .exportsWorkAgain(let lost):
            logger.notice("Metrics are exported again.", metadata: ["queuert.lost": "\(lost)"])
        }
    }

    private func logLosses() {
        let statistics = statistics
        guard statistics.failed + statistics.rejected > 0 else { return }
        var causes: Logger.Metadata = [:]
        for (cause, count) in statistics.failedByCause { causes[cause.rawValue] = "\(count)" }
        logger.warning(
            "Metrics were lost before the reader was shut down.",
            metadata: [
                "queuert.exported": "\(statistics.exported)", "queuert.failed": "\(statistics.failed)",
                "queuert.failed_by_cause": .dictionary(causes),
                "queuert.rejected": "\(statistics.rejected)",
                "queuert.too_slow": "\(statistics.collectionsTooSlow)",
            ])
    }

    private func complete(_ completed: [MetricReaderStateMachine.Completed]) {
        for (completion, result) in completed { completion(result) }
    }
}

/// Carries what was looked up from a task to a thread that waits for it.
private final class LookupBox: Sendable {
    private let lookups = Mutex<[MetricLookup]?>(nil)
    private let isFilled = DispatchSemaphore(value: 0)

    func fill(_ found: [MetricLookup]) {
        lookups.withLock { $0 = found }
        isFilled.signal()
    }

    func wait(until deadline: ContinuousClock.Instant) -> [MetricLookup]? {
        _ = isFilled.wait(timeout: .now() + DispatchTimeInterval(deadline - .now))
        return lookups.withLock { $0 }
    }
}
