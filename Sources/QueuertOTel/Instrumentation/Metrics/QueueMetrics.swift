internal import Queuert
internal import Synchronization

/// Tells a queue's work as metrics.
///
/// Each method is called once what it tells is committed. What is told of each job is bound to its type's attributes once,
/// so that a measurement is an addition under a short lock.
final class QueueMetrics: Sendable {
    let meters: MeterProvider
    private let perJobType = Mutex<[String: JobTypeMetrics]>([:])
    private let perChainType = Mutex<[String: ChainTypeMetrics]>([:])
    let state: QueueStateMetrics
    private let server: DatabaseServer

    init(meters: MeterProvider, clock: any SpanClock, patience: Duration, server: DatabaseServer) {
        self.meters = meters
        self.server = server
        state = QueueStateMetrics(meters: meters, clock: clock, patience: patience)
    }

    /// The metrics of a type of job.
    func ofJobType(_ name: String) -> JobTypeMetrics {
        perJobType.withLock { known in
            if let metrics = known[name] { return metrics }
            let metrics = JobTypeMetrics(name, in: meters, server: server.attributes)
            known[name] = metrics
            return metrics
        }
    }

    /// The metrics of chains that begin with a type of job.
    func ofChainType(_ name: String) -> ChainTypeMetrics {
        perChainType.withLock { known in
            if let metrics = known[name] { return metrics }
            let metrics = ChainTypeMetrics(name, in: meters)
            known[name] = metrics
            return metrics
        }
    }

    /// A call has started several chains.
    func batchStarted(_ typeName: String?, seconds: Double, in context: TraceContext?) {
        var attributes = [
            QueueAttributes.system, Attribute(QueueAttributes.operationName, "start"),
            Attribute(QueueAttributes.operationType, "send"),
        ]
        attributes += server.attributes
        if let typeName { attributes.append(Attribute(QueueAttributes.destination, .string(typeName))) }
        meters.histogram(.operationDuration).recorder.record(seconds, AttributeSet(attributes), in: context)
    }

    /// A chain has ended.
    func chainEnded(_ chain: ChainEnding, in context: TraceContext?) {
        let metrics = ofChainType(chain.typeName)
        switch chain.result {
        case .completed:
            metrics.completed.record(1, in: context)
            metrics.duration.record(Double(seconds: chain.endedAt - chain.start.createdAt), in: context)
            metrics.jobs.record(Double(chain.jobCount), in: context)
        case .cancelled: metrics.cancelled.record(1, in: context)
        // Chains that are deleted are told of, open or not, by an event.
        case .deleted: break
        }
    }

    // MARK: Events

    func happened(_ event: QueueEvent) {
        switch event {
        case .workerStarted(let worker):
            state.add(worker)
            count(.workerStarted, [QueueAttributes.workerName: .string(worker.name)])
        case .workerStopping(let worker):
            count(.workerStopping, [QueueAttributes.workerName: .string(worker.name)])
        case .workerStopped(let worker):
            state.remove(worker)
            count(.workerStopped, [QueueAttributes.workerName: .string(worker.name)])
        case .databaseFailed(let failure):
            let error = QueueInstrumentation.errorType(of: failure.error)
            count(
                .databaseError,
                [
                    QueueAttributes.databaseWork: .string(failure.work.rawValue),
                    QueueAttributes.errorType: .string(error),
                ])
            if failure.work == .claim { count(.workerError, [QueueAttributes.errorType: .string(error)]) }
        case .leasesRenewed(let counts):
            for (typeName, number) in counts {
                count(.attemptLeaseRenewed, [QueueAttributes.jobType: .string(typeName)], number)
            }
        case .leaseLost(let lost): count(.attemptTaken, [QueueAttributes.jobType: .string(lost.job.typeName)])
        case .hintsMissed: count(.notifyError, [QueueAttributes.errorType: "gap"])
        case .jobsTriggered(let rows): count(.jobTriggered, rows)
        case .jobsRedriven(let rows): count(.jobRedriven, rows)
        case .chainDeleted(_, let typeName): count(.chainDeleted, [QueueAttributes.chainType: .string(typeName)])
        default: break
        }
    }

    private func count(_ metric: MetricDefinition, _ rows: [JobRow]) {
        for row in rows { count(metric, [QueueAttributes.jobType: .string(row.typeName)]) }
    }

    private func count(_ metric: MetricDefinition, _ attributes: AttributeSet, _ number: Int = 1) {
        meters.counter(metric).add(number, attributes)
    }
}

extension MetricDefinition {
    /// What an instrument is made from.
    var descriptor: MetricDescriptor {
        MetricDescriptor(name: name, unit: unit, description: meaning, scope: QueueInstrumentation.scope)
    }
}

extension MeterProvider {
    /// A counter as it is registered.
    func counter(_ metric: MetricDefinition) -> CounterInstrument<Int> {
        counter(metric.name, unit: metric.unit, description: metric.meaning, scope: QueueInstrumentation.scope)
    }

    /// A histogram as it is registered: with its bounds, unless all histograms are to be exponential.
    func histogram(_ metric: MetricDefinition) -> HistogramInstrument {
        var buckets = metric.bounds.map { HistogramBuckets.explicit($0) }
        if case .exponential = configuration.histogramBuckets { buckets = nil }
        return histogram(
            metric.name, unit: metric.unit, description: metric.meaning, buckets: buckets,
            scope: QueueInstrumentation.scope)
    }
}

extension Double {
    /// A duration in seconds; one below zero, because a clock was set back, is none.
    init(seconds duration: Duration) { self = max(0, duration / .seconds(1)) }
}
