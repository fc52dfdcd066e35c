internal import Queuert

/// The metrics of one type of job, each bound to the type's attributes.
final class JobTypeMetrics: Sendable {
    typealias Counter = any BoundRecorder<Int>
    typealias Histogram = any BoundRecorder<Double>

    /// What sends a job, and the metrics of that.
    struct Sending: Sendable {
        let sent: Counter
        let duration: Histogram
    }

    private let type: Attribute
    /// Where the queue's database is reached, which the conventions want on their metrics.
    private let server: [Attribute]
    private let meters: MeterProvider
    private let created, blocked, completed, retries, reaped, unblockedJobs: Counter
    private let consumed, started, attemptCompleted, leaseExpired, alreadyCompleted: Counter
    private let start, schedule, `continue`: Sending
    private let settleDuration, processDuration, completedDuration, jobDuration: Histogram
    private let blockedWait, scheduleWait, backoffWait, queueWait: Histogram

    init(_ name: String, in meters: MeterProvider, server: [Attribute]) {
        self.meters = meters
        self.server = server
        let type = Attribute(QueueAttributes.jobType, .string(name))
        self.type = type
        func counter(_ metric: MetricDefinition) -> Counter {
            meters.counter(metric).recorder.bound(to: AttributeSet([type]))
        }
        func histogram(_ metric: MetricDefinition, _ more: Attribute? = nil) -> Histogram {
            meters.histogram(metric).recorder.bound(to: AttributeSet([type] + (more.map { [$0] } ?? [])))
        }
        created = counter(.jobCreated)
        blocked = counter(.jobBlocked)
        completed = counter(.jobCompleted)
        retries = counter(.jobRetries)
        reaped = counter(.jobReaped)
        unblockedJobs = counter(.jobUnblocked)
        started = counter(.attemptStarted)
        attemptCompleted = counter(.attemptCompleted)
        leaseExpired = counter(.attemptLeaseExpired)
        alreadyCompleted = counter(.attemptAlreadyCompleted)
        jobDuration = histogram(.jobDuration)
        completedDuration = histogram(.attemptDuration, Attribute(QueueAttributes.attemptResult, "completed"))
        func wait(_ kind: AttributeValue) -> Histogram {
            histogram(.jobWait, Attribute(QueueAttributes.waitType, kind))
        }
        blockedWait = wait("blocked")
        scheduleWait = wait("schedule")
        backoffWait = wait("backoff")
        queueWait = wait("queue")

        func messaging(_ operation: AttributeValue, _ type: AttributeValue) -> AttributeSet {
            AttributeSet(
                [
                    QueueAttributes.system, Attribute(QueueAttributes.operationName, operation),
                    Attribute(QueueAttributes.operationType, type),
                    Attribute(QueueAttributes.destination, .string(name)),
                ] + server)
        }
        func sending(_ operation: AttributeValue) -> Sending {
            let attributes = messaging(operation, "send")
            return Sending(
                sent: meters.counter(.sentMessages).recorder.bound(to: attributes),
                duration: meters.histogram(.operationDuration).recorder.bound(to: attributes))
        }
        start = sending("start")
        schedule = sending("schedule")
        `continue` = sending("continue")
        consumed = meters.counter(.consumedMessages).recorder.bound(to: messaging("process", "process"))
        processDuration = meters.histogram(.processDuration).recorder.bound(to: messaging("process", "process"))
        settleDuration = meters.histogram(.operationDuration).recorder.bound(to: messaging("complete", "settle"))
    }

    // MARK: Jobs

    /// A job was written.
    func jobCreated(_ job: JobRow, by operation: String, seconds: Double, in context: TraceContext?) {
        created.record(1, in: context)
        if job.hasOpenBlockers { blocked.record(1, in: context) }
        switch operation {
        case "continue": record(`continue`, seconds, context)
        case "schedule": record(schedule, seconds, context)
        // The call that creates several is one start, and takes its time as a whole.
        case "create": start.sent.record(1, in: context)
        default: record(start, seconds, context)
        }
    }

    private func record(_ sending: Sending, _ seconds: Double, _ context: TraceContext?) {
        sending.sent.record(1, in: context)
        sending.duration.record(seconds, in: context)
    }

    /// A job waits for nothing but its time and a worker any more.
    func unblocked(in context: TraceContext?) { unblockedJobs.record(1, in: context) }

    /// A job was completed, `seconds` after it was created.
    private func jobCompleted(_ seconds: Double, in context: TraceContext?) {
        completed.record(1, in: context)
        jobDuration.record(seconds, in: context)
    }

    /// A job was completed without a worker.
    func completedOutside(_ job: JobRow, at end: Timestamp, seconds: Double, in context: TraceContext?) {
        settleDuration.record(seconds, in: context)
        jobCompleted(Double(seconds: end - job.createdAt), in: context)
    }

    // MARK: Attempts

    /// An attempt's handler is about to be called.
    func attemptStarted(_ waits: JobWaits, in context: TraceContext?) {
        consumed.record(1, in: context)
        started.record(1, in: context)
        queueWait.record(Double(seconds: waits.queue), in: context)
        if waits.blocked > .zero { blockedWait.record(Double(seconds: waits.blocked), in: context) }
        if waits.schedule > .zero { scheduleWait.record(Double(seconds: waits.schedule), in: context) }
        if waits.backoff > .zero { backoffWait.record(Double(seconds: waits.backoff), in: context) }
    }

    /// An attempt's phase in which its result is written is over.
    func phaseEnded(_ seconds: Double, errorType: String?, in context: TraceContext?) {
        guard let errorType else { return settleDuration.record(seconds, in: context) }
        record(.operationDuration, seconds, "complete", "settle", errorType, context)
    }

    /// An attempt was settled.
    func attemptEnded(
        _ end: AttemptEnd, of job: JobRow, seconds: Double, result: String, errorType: String?,
        in context: TraceContext?
    ) {
        if let errorType {
            record(.processDuration, seconds, "process", "process", errorType, context)
        } else {
            processDuration.record(seconds, in: context)
        }
        if result == "completed" {
            completedDuration.record(seconds, in: context)
        } else {
            meters.histogram(.attemptDuration).recorder.record(
                seconds, AttributeSet([type, Attribute(QueueAttributes.attemptResult, .string(result))]), in: context)
        }
        switch end.result {
        case .completed, .continued:
            attemptCompleted.record(1, in: context)
            jobCompleted(Double(seconds: end.at - job.createdAt), in: context)
        case .failed:
            count(.attemptFailed, errorType, context)
            ended(end, errorType, context)
        case .lost:
            leaseExpired.record(1, in: context)
            reaped.record(1, in: context)
            ended(end, errorType, context)
        case .superseded: alreadyCompleted.record(1, in: context)
        case .rescheduled, .released, .cancelled: break
        }
    }

    /// An attempt was the last of its job, or was not.
    private func ended(_ end: AttemptEnd, _ errorType: String?, _ context: TraceContext?) {
        if end.scheduledAt == nil { count(.jobFailed, errorType, context) } else { retries.record(1, in: context) }
    }

    private func count(_ metric: MetricDefinition, _ errorType: String?, _ context: TraceContext?) {
        let error = Attribute(QueueAttributes.errorType, .string(errorType ?? "_OTHER"))
        meters.counter(metric).recorder.record(1, AttributeSet([type, error]), in: context)
    }

    private func record(
        _ metric: MetricDefinition, _ seconds: Double, _ operation: AttributeValue, _ kind: AttributeValue,
        _ errorType: String, _ context: TraceContext?
    ) {
        let attributes = AttributeSet(
            [
                QueueAttributes.system, Attribute(QueueAttributes.operationName, operation),
                Attribute(QueueAttributes.operationType, kind), Attribute(QueueAttributes.destination, type.value),
                Attribute(QueueAttributes.errorType, .string(errorType)),
            ] + server)
        meters.histogram(metric).recorder.record(seconds, attributes, in: context)
    }
}

/// The metrics of chains that begin with one type of job, each bound to the type's attribute.
final class ChainTypeMetrics: Sendable {
    let created, deduplicated, completed, cancelled: any BoundRecorder<Int>
    let duration, jobs: any BoundRecorder<Double>

    init(_ name: String, in meters: MeterProvider) {
        let attributes: AttributeSet = [QueueAttributes.chainType: .string(name)]
        created = meters.counter(.chainCreated).recorder.bound(to: attributes)
        deduplicated = meters.counter(.chainDeduplicated).recorder.bound(to: attributes)
        completed = meters.counter(.chainCompleted).recorder.bound(to: attributes)
        cancelled = meters.counter(.chainCancelled).recorder.bound(to: attributes)
        duration = meters.histogram(.chainDuration).recorder.bound(to: attributes)
        jobs = meters.histogram(.chainJobs).recorder.bound(to: attributes)
    }
}
