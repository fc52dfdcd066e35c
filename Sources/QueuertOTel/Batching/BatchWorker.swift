internal import Dispatch
internal import Foundation
internal import Logging
internal import Synchronization

/// Takes how long an export took and what it came to.
typealias ExportObserver = @Sendable (Duration, ExportResult) -> Void

/// The thread of a batch processor, and what it shares with the threads that end spans or log.
///
/// The thread holds the worker, and the worker doesn't hold the processor: a processor that is let go is shut down by its
/// deinitialiser, and the worker goes with the thread's end.
final class BatchWorker<Item: Sendable>: Sendable {
    /// What the exporter is called.
    let component: ExporterComponent
    private let signal: OTLPSignal
    private let export: @Sendable ([Item], Duration) -> ExportResult
    private let interrupt: @Sendable () -> Void
    private let isCutOff: @Sendable (Item) -> Bool
    private let logger: Logger
    private let state: Mutex<BatchStateMachine<Item>>
    private let wakeSignal = WakeSignal()
    /// Told how long each export took, and what it came to.
    private let observer = Mutex<ExportObserver?>(nil)

    init(
        signal: OTLPSignal, component: ExporterComponent, configuration: BatchConfiguration, logger: Logger,
        export: @escaping @Sendable ([Item], Duration) -> ExportResult, interrupt: @escaping @Sendable () -> Void,
        isCutOff: @escaping @Sendable (Item) -> Bool
    ) {
        self.signal = signal
        self.component = component
        self.export = export
        self.interrupt = interrupt
        self.isCutOff = isCutOff
        var logger = logger
        logger[metadataKey: "queuert.otlp.signal"] = "\(signal.rawValue)"
        if let endpoint = component.endpoint { logger[metadataKey: "queuert.otlp.endpoint"] = "\(endpoint)" }
        self.logger = logger
        state = Mutex(BatchStateMachine(configuration: configuration, now: .now))
    }

    var statistics: BatchStatistics { state.withLock { $0.statistics } }

    /// Has an observer told of each export from now on.
    func observe(_ observer: @escaping ExportObserver) { self.observer.withLock { $0 = observer } }

    /// Starts the thread.
    ///
    /// Exports block it, so it isn't one of Swift's pool.
    func start() {
        let thread = Thread { @Sendable in self.run() }
        thread.name = "queuert-\(signal.rawValue)"
        thread.start()
    }

    func offer(_ item: Item) {
        switch state.withLock({ $0.offer(item) }) {
        case .queued, .droppedQueueFull(firstOfEpisode: false), .droppedAfterShutdown(first: false): break
        case .due: wakeSignal.notify()
        case .droppedQueueFull(firstOfEpisode: true):
            logger.warning(
                "Telemetry is dropped: the queue is full. Exporting is slower than what comes.",
                metadata: ["queuert.dropped_total": "\(statistics.droppedQueueFull)"])
        case .droppedAfterShutdown(first: true):
            logger.warning("Telemetry is dropped: the processor was shut down before it came.")
        }
    }

    func flush(timeout: Duration, completion: @escaping BatchStateMachine<Item>.Completion) {
        let request = state.withLock { $0.flush(completion: completion) }
        handle(request, timeout: timeout, completion: completion)
    }

    func shutDown(timeout: Duration, completion: @escaping BatchStateMachine<Item>.Completion) {
        let deadline = ContinuousClock.now + timeout
        let request = state.withLock { $0.shutDown(deadline: deadline, completion: completion) }
        handle(request, timeout: timeout, completion: completion)
    }

    private func handle(
        _ request: BatchStateMachine<Item>.Request, timeout: Duration, completion: BatchStateMachine<Item>.Completion
    ) {
        switch request {
        case .answered(let result): completion(result)
        case .waiting(let id):
            wakeSignal.notify()
            guard timeout > .zero else { return expire(id) }
            // The worker's thread may be blocked by an export, and a task's sleep ends early if the caller's task is
            // cancelled, as it often is at a shutdown; so the time is kept by Dispatch.
            DispatchQueue.global().asyncAfter(deadline: .now() + DispatchTimeInterval(timeout)) { [weak self] in
                self?.expire(id)
            }
        }
    }

    private func expire(_ id: Int) {
        let expiry = state.withLock { $0.expire(id: id) }
        if expiry.interrupts { interrupt() }
        complete(expiry.completed)
    }

    private func run() {
        var hasToldOfLimits = false
        while true {
            switch state.withLock({ $0.next(now: .now) }) {
            case .wait(let duration): wakeSignal.wait(for: duration)
            case .export(let batch, let timeout):
                // Here and not where it is cut off, which is on the threads of others.
                if !hasToldOfLimits, batch.contains(where: isCutOff) {
                    hasToldOfLimits = true
                    logger.notice("Telemetry is over the limits, so that a part of it is left out. This is said once.")
                }
                let start = ContinuousClock.now
                let result = untraced { export(batch, timeout) }
                if let observer = observer.withLock({ $0 }) { observer(start.duration(to: .now), result) }
                let (completed, episodes) = state.withLock { $0.exported(result, now: .now) }
                for episode in episodes { log(episode) }
                complete(completed)
            case .finish(let completed):
                logLosses()
                return complete(completed)
            }
        }
    }

    private func complete(_ completed: [BatchStateMachine<Item>.Completed]) {
        for (completion, result) in completed { completion(result) }
    }

    private func log(_ episode: BatchStateMachine<Item>.Episode) {
        switch episode {
        case .queueHasRoomAgain(let dropped):
            logger.notice("The queue of telemetry has room again.", metadata: ["queuert.dropped": "\(dropped)"])
        case .exportsFail(let reason):
            logger.warning("Telemetry is lost: it can't be exported.", metadata: ["queuert.reason": "\(reason)"])
        case .exportsWorkAgain(let lost):
            logger.notice("Telemetry is exported again.", metadata: ["queuert.lost": "\(lost)"])
        }
    }

    private func logLosses() {
        let statistics = statistics
        let lost = statistics.failed + statistics.rejected + statistics.droppedQueueFull + statistics.droppedAtDeadline
        guard lost > 0 else { return }
        var causes: Logger.Metadata = [:]
        for (cause, count) in statistics.failedByCause { causes[cause.rawValue] = "\(count)" }
        logger.warning(
            "Telemetry was lost before the processor was shut down.",
            metadata: [
                "queuert.exported": "\(statistics.exported)", "queuert.failed": "\(statistics.failed)",
                "queuert.failed_by_cause": .dictionary(causes),
                "queuert.rejected": "\(statistics.rejected)",
                "queuert.dropped_queue_full": "\(statistics.droppedQueueFull)",
                "queuert.dropped_at_deadline": "\(statistics.droppedAtDeadline)",
            ])
    }
}
