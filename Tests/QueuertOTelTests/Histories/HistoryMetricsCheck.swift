import Queuert
import QueuertTraceTesting

@testable import QueuertOTel

/// Compares what the metrics and events of a history say with what the store does.
struct HistoryMetricsCheck {
    private let metrics: CollectedMetrics
    private(set) var failures: [String] = []

    /// What the store holds of one type of job.
    fileprivate struct Stored {
        var jobs = 0
        var completed = 0
        var completedByWorker = 0
        var attempts: [AttemptOutcome: Int] = [:]
        var attemptSeconds = 0.0
        var jobSeconds = 0.0
        var statuses: [JobStatus: Int] = [:]

        var attemptCount: Int { attempts.values.reduce(completedByWorker, +) }
    }

    init<Adapter: StateAdapter>(_ player: HistoryPlayer<Adapter>) async throws {
        player.observeJobs()
        metrics = await CollectedMetrics(player.meters)
        failures +=
            metrics.violations
            + player.events.records.flatMap { TelemetryRegistry.queuert.violations(in: $0) }
        failures += player.recorder.spans.flatMap { TelemetryRegistry.queuert.violations(in: $0) }
        var stored: [String: Stored] = [:]
        let chains = try await player.storedChains()
        for chain in chains {
            for job in chain.jobs {
                let now = chain.deletedAt == nil ? player.clock.now : nil
                stored[job.row.typeName, default: Stored()].add(job.row, job.attempts, at: now)
            }
        }
        for (type, stored) in stored { checkJobs(of: type, stored, player.events) }
        checkChains(chains, player)
        checkDurations(player.recorder.spans)
    }

    private mutating func expect(_ name: String, _ attributes: [Attribute] = [], _ expected: Double) {
        let values = metrics.values(name).filter { set, _ in attributes.allSatisfy(set.attributes.contains) }
        let told = values.values.reduce(0, +)
        if abs(told - expected) > 0.000_1 { failures.append("\(name) of \(attributes) is \(told), not \(expected)") }
    }

    private mutating func expectSum(_ name: String, _ attributes: [Attribute], _ expected: Double) {
        let told = metrics.distributions(name)
            .filter { point in attributes.allSatisfy(point.attributes.attributes.contains) }
            .reduce(0) { $0 + $1.distribution.sum }
        if abs(told - expected) > 0.000_1 {
            failures.append("\(name) of \(attributes) adds up to \(told), not \(expected)")
        }
    }

    // MARK: Jobs

    private mutating func checkJobs(of type: String, _ stored: Stored, _ events: LogRecorder) {
        let job = [Attribute("queuert.job.type", .string(type))]
        let destination = [Attribute("messaging.destination.name", .string(type))]
        func count(_ outcomes: AttemptOutcome...) -> Double {
            Double(outcomes.reduce(0) { $0 + (stored.attempts[$1] ?? 0) })
        }
        expect("queuert.job.created", job, Double(stored.jobs))
        expect("messaging.client.sent.messages", destination, Double(stored.jobs))
        expect("queuert.job.completed", job, Double(stored.completed))
        expect("queuert.job.duration", job, Double(stored.completed))
        expectSum("queuert.job.duration", job, stored.jobSeconds)
        let attempts = Double(stored.attemptCount)
        expect("messaging.client.consumed.messages", destination, attempts)
        expect("messaging.process.duration", destination, attempts)
        expectSum("messaging.process.duration", destination, stored.attemptSeconds)
        expect("queuert.job.attempt.started", job, attempts)
        expect("queuert.job.attempt.duration", job, attempts)
        expect("queuert.job.wait.duration", job + [Attribute("queuert.wait.type", "queue")], attempts)
        expect("queuert.job.attempt.completed", job, Double(stored.completedByWorker))
        expect("queuert.job.attempt.failed", job + [Attribute("error.type", "Boom")], count(.failed))
        expect("queuert.job.attempt.lease_expired", job, count(.lost))
        expect("queuert.job.reaped", job, count(.lost))
        expect("queuert.job.attempt.already_completed", job, count(.superseded))
        let ends = metrics.total("queuert.job.failed", job[0]) + metrics.total("queuert.job.retries", job[0])
        if ends != count(.failed, .lost) {
            failures.append("\(type) failed \(count(.failed, .lost)) times, not \(ends)")
        }
        for (state, status) in [
            ("ready", JobStatus.ready), ("scheduled", .scheduled), ("blocked", .blocked), ("running", .running),
            ("failed", .failed),
        ] where stored.statuses.keys.contains(where: { ![.completed, .continued, .cancelled].contains($0) }) {
            expect(
                "queuert.jobs", job + [Attribute("queuert.job.state", .string(state))],
                Double(stored.statuses[status] ?? 0))
        }
        func toldOf(_ names: String...) -> Double {
            Double(
                events.records.count {
                    names.contains($0.eventName) && $0[attribute: "queuert.job.type"] == job[0].value
                })
        }
        // A job that was lost for the last time is told of by both events.
        let told = toldOf("queuert.job.attempt.failed", "queuert.job.failed", "queuert.job.reaped")
        let lostForGood = metrics.total("queuert.job.failed", job[0], Attribute("error.type", "worker_lost"))
        if told != count(.failed, .lost) + lostForGood {
            failures.append("\(told) events tell of the failures of \(type)")
        }
        if toldOf("queuert.job.reaped") != count(.lost) { failures.append("lost jobs of \(type) are not told") }
    }

    // MARK: Chains

    private mutating func checkChains<Adapter: StateAdapter>(
        _ chains: [StoredChain], _ player: HistoryPlayer<Adapter>
    ) {
        var (completed, cancelled, jobs, seconds) = (0, 0, 0, 0.0)
        for chain in chains {
            if chain.last.cancelledAt != nil { cancelled += 1 }
            guard let completedAt = chain.last.completedAt else { continue }
            completed += 1
            jobs += chain.jobs.count
            seconds += (completedAt - chain.first.createdAt) / .seconds(1)
        }
        expect("queuert.chain.created", [], Double(chains.count))
        expect("queuert.chain.deleted", [], Double(player.deleted.count))
        expect("queuert.chain.deduplicated", [], Double(player.existingCount))
        expect("queuert.chain.completed", [], Double(completed))
        expect("queuert.chain.cancelled", [], Double(cancelled))
        expectSum("queuert.chain.duration", [], seconds)
        expectSum("queuert.chain.jobs", [], Double(jobs))
        expect("queuert.job.redriven", [], Double(player.redrivenAt.values.reduce(0) { $0 + $1.count }))
        if player.events.records(ofEvent: "queuert.chain.cancelled").count != cancelled {
            failures.append("cancelled chains are not told")
        }
    }

    // MARK: Spans

    /// Each duration is that of a span, and has its error's type.
    private mutating func checkDurations(_ spans: [SpanData]) {
        var expected: [[AttributeValue?]: (count: Double, sum: Double)] = [:]
        for span in spans
        where ["process", "complete", "continue", "schedule", "start"].contains(where: {
            span[attribute: "messaging.operation.name"] == .string($0)
        }) {
            let isUndone = span[attribute: "error.type"] == "rollback"
            if isUndone || span[attribute: "queuert.chain.deduplicated"] == true { continue }
            // With any tracer a worker that lost its lease has a span, too. Whoever took the job back counts the attempt.
            let isTaken = span[attribute: "error.type"] == "lease_expired"
            if isTaken, span[attribute: "messaging.operation.name"] == "process" { continue }
            let key = Self.keys.map { span[attribute: $0] }
            expected[key, default: (0, 0)].count += 1
            expected[key, default: (0, 0)].sum += SpanData.seconds(from: span.start, to: span.end)
        }
        var told: [[AttributeValue?]: (count: Double, sum: Double)] = [:]
        for name in ["messaging.process.duration", "messaging.client.operation.duration"] {
            for point in metrics.distributions(name) {
                let key = Self.keys.map { key in point.attributes.attributes.first { $0.key == key }?.value }
                told[key] = (Double(point.distribution.count), point.distribution.sum)
            }
        }
        for key in Set(expected.keys).union(told.keys) {
            let (spans, metric) = (expected[key] ?? (0, 0), told[key] ?? (0, 0))
            if spans.count != metric.count || abs(spans.sum - metric.sum) > 0.000_1 {
                failures.append("\(key): \(spans) in spans, \(metric) in metrics")
            }
        }
    }

    private static let keys = [
        "messaging.operation.name", "messaging.operation.type", "messaging.destination.name", "error.type",
    ]
}

extension HistoryMetricsCheck.Stored {
    fileprivate mutating func add(_ row: JobRow, _ attempts: [AttemptRow], at now: Timestamp?) {
        jobs += 1
        // One that was deleted is counted no more.
        if let now { statuses[row.status(at: now), default: 0] += 1 }
        for attempt in attempts {
            self.attempts[attempt.outcome, default: 0] += 1
            if let startedAt = attempt.startedAt { attemptSeconds += (attempt.endedAt - startedAt) / .seconds(1) }
        }
        guard let completedAt = row.completedAt else { return }
        completed += 1
        jobSeconds += (completedAt - row.createdAt) / .seconds(1)
        guard row.completedBy != nil else { return }
        completedByWorker += 1
        if let startedAt = row.lastAttemptAt { attemptSeconds += (completedAt - startedAt) / .seconds(1) }
    }
}
