internal import Dispatch
internal import Foundation
internal import Logging
internal import Synchronization

/// The thread of a metric reader, and what it shares with the threads that flush.
///
/// The thread holds the worker, and the worker doesn't hold the reader: a reader that is let go is shut down by its
/// deinitialiser, and the worker goes with the thread's end.
final class MetricReaderWorker: Sendable {
    private let meters: MeterProvider
    private let exporter: any MetricExporter
    private let logger: Logger
    private let state: Mutex<MetricReaderStateMachine>
    private let wakeSignal = WakeSignal()

    init(
        meters: MeterProvider, exporter: any MetricExporter, configuration: PeriodicMetricReader.Configuration,
        logger: Logger
    ) {
        self.meters = meters
        self.exporter = exporter
        self.logger = logger
        state = Mutex(
            MetricReaderStateMachine(interval: configuration.interval, timeout: configuration.timeout, now: .now))
    }

    var statistics: PeriodicMetricReader.Statistics { state.withLock { $0.statistics } }

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
        while true {
            switch state.withLock({ $0.next(now: .now) }) {
            case .wait(let duration): wakeSignal.wait(for: duration)
            case .collect(let timeout):
                let start = ContinuousClock.now
                var result: ExportResult?
                var points = 0
                if let metrics = collect(timeout: timeout) {
                    points = metrics.reduce(0) { $0 + $1.content.pointCount }
                    let remaining = max(timeout - start.duration(to: .now), .zero)
                    // Without any points there is nothing to send.
                    result = metrics.isEmpty ? .accepted(rejected: 0) : exporter.export(metrics, timeout: remaining)
                }
                complete(state.withLock { [result, points] in $0.collected(result, points: points) })
            case .finish(let completed): return complete(completed)
            }
        }
    }

    /// What was measured, or `nil` if it takes too long to look up.
    ///
    /// What is looked up may be asynchronous, such as a question to a database; this thread is the reader's own, so it
    /// may wait for the answer.
    private func collect(timeout: Duration) -> [MetricData]? {
        let box = LookupBox()
        let task = Task { [meters] in
            let lookups = await meters.lookUp()
            box.fill(lookups)
        }
        guard let lookups = box.wait(for: timeout) else {
            task.cancel()
            logger.warning("Metrics are not exported this time: what is looked up takes too long")
            return nil
        }
        // Not by the task: what it collected when the time is up would reach nobody.
        return meters.collect(lookups)
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

    func wait(for timeout: Duration) -> [MetricLookup]? {
        _ = isFilled.wait(timeout: .now() + DispatchTimeInterval(timeout))
        return lookups.withLock { $0 }
    }
}
