internal import Queuert
internal import Synchronization

/// Tells what is in the queue and what its workers do, looked up when metrics are collected.
///
/// The database is asked once for all of it. A database that doesn't answer in time costs these metrics and no others, and
/// isn't asked again before it has answered.
final class QueueStateMetrics: Sendable {
    typealias Counts = [String: JobCounts]
    typealias Source = @Sendable () async throws -> Counts

    private struct State {
        var workers: [String: WorkerActivity] = [:]
        /// What is asked where no worker runs.
        var source: Source?
        var isAsking = false
        /// What the database said at the last collection; `nil` if it didn't.
        var counts: Counts?
        /// The types that were told of once, so that a count that becomes zero is told.
        var known: Set<String> = []
    }
    private let state = Mutex(State())
    private let clock: any SpanClock
    private let patience: Duration

    init(meters: MeterProvider, clock: any SpanClock, patience: Duration) {
        self.clock = clock
        self.patience = patience
        // Views may leave them all out, and then nobody asks.
        let isWanted = [.jobsByState, .oldestAge, .stuck].contains { (metric: MetricDefinition) in
            meters.streams(of: metric.descriptor, .observedGauge).contains { $0.aggregation != .drop }
        }
        if isWanted { meters.beforeCollection { [weak self] in await self?.look() } }
        observe(.jobsByState, .gauge, meters) { watch in
            watch.states.flatMap { type, counts in
                [
                    ("ready", counts.ready), ("scheduled", counts.scheduled), ("blocked", counts.blocked),
                    ("running", counts.running), ("failed", counts.failed),
                ].map { state, count in
                    MetricObservation(
                        count, [QueueAttributes.jobType: .string(type), QueueAttributes.jobState: .string(state)])
                }
            }
        }
        observe(.oldestAge, .gauge, meters) { watch in
            let now = Timestamp(nanoseconds: watch.clock.nanoseconds)
            return watch.states.map { type, counts in
                MetricObservation(
                    counts.oldestReadyAt.map { Double(seconds: now - $0) } ?? 0,
                    [QueueAttributes.jobType: .string(type)])
            }
        }
        observe(.stuck, .gauge, meters) { watch in
            watch.states.map { MetricObservation($1.overdue, [QueueAttributes.jobType: .string($0)]) }
        }
        observe(.processing, .upDownCounter, meters) { watch in
            watch.perType { worker in worker.running() }
        }
        observe(.idle, .upDownCounter, meters) { watch in
            watch.perType { worker in
                let count = worker.hasRoom() ? 1 : 0
                return Dictionary(worker.typeNames.map { ($0, count) }) { first, _ in first }
            }
        }
    }

    private func observe<Number: MetricNumber>(
        _ metric: MetricDefinition, _ kind: ObservedKind, _ meters: MeterProvider,
        _ values: @escaping @Sendable (QueueStateMetrics) -> [MetricObservation<Number>]
    ) {
        meters.observe(
            metric.name, as: kind, unit: metric.unit, description: metric.meaning, scope: QueueInstrumentation.scope
        ) { [weak self] in self.map(values) ?? [] }
    }

    func add(_ worker: WorkerActivity) { state.withLock { $0.workers[worker.id] = worker } }

    func remove(_ worker: WorkerActivity) { state.withLock { $0.workers[worker.id] = nil } }

    /// Has the database asked though no worker may run.
    func observe(_ source: @escaping Source) { state.withLock { $0.source = source } }

    // MARK: Workers

    private func perType(_ count: (WorkerActivity) -> [String: Int]) -> [MetricObservation<Int>] {
        let workers = state.withLock { Array($0.workers.values) }
        var counts: [String: Int] = [:]
        for worker in workers {
            for typeName in worker.typeNames { counts[typeName, default: 0] += 0 }
            counts.merge(count(worker)) { $0 + $1 }
        }
        return counts.map { MetricObservation($1, [QueueAttributes.jobType: .string($0)]) }
    }

    // MARK: The database

    /// What the database said, zeros of types that it no longer tells of included.
    private var states: [(type: String, counts: JobCounts)] {
        state.withLock { state in
            guard let counts = state.counts else { return [] }
            state.known.formUnion(counts.keys)
            return state.known.sorted().map { ($0, counts[$0] ?? JobCounts()) }
        }
    }

    /// Asks the database, and waits for the answer as long as there is patience.
    private func look() async {
        let source = state.withLock { state -> Source? in
            state.counts = nil
            guard !state.isAsking, let source = state.source ?? state.workers.values.first?.jobCounts else {
                return nil
            }
            state.isAsking = true
            return source
        }
        guard let source else { return }
        let (answers, answer) = AsyncStream<Counts?>.makeStream()
        // Not a child: a database that hangs need not heed cancellation.
        Task { [self] in
            let counts = try? await source()
            state.withLock { $0.isAsking = false }
            answer.yield(counts)
            answer.finish()
        }
        let timer = Task { [patience] in
            try await Task.sleep(for: patience)
            answer.finish()
        }
        defer { timer.cancel() }
        for await counts in answers {
            state.withLock { $0.counts = counts }
            return
        }
    }
}
