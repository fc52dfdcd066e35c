internal import Queuert

/// Tells what happens in a queue as log records with an event name, each with the span that it belongs to.
///
/// Each method is called once what it tells is committed.
struct QueueEventLog: Sendable {
    let processor: any LogRecordProcessor
    let clock: any SpanClock
    let limits: LogRecordLimits

    // MARK: Jobs and attempts

    /// An attempt was settled in a way that is worth telling.
    func attemptEnded(_ end: AttemptEnd, of job: JobRow, errorType: String?, in context: TraceContext?) {
        var attributes = attributes(of: job)
        if let errorType { attributes.append(Attribute(QueueAttributes.errorType, .string(errorType))) }
        let again = end.scheduledAt.map { Attribute(QueueAttributes.rescheduledAt, .string($0.iso8601)) }
        let attempt = attributes + (again.map { [$0] } ?? [])
        switch end.result {
        case .failed where again != nil: tell(.attemptFailed, attempt, in: context)
        case .failed: tell(.jobFailed, attempt, in: context)
        case .lost:
            tell(.jobReaped, attempt, in: context)
            if again == nil { tell(.jobFailed, attempt, in: context) }
        case .rescheduled: tell(.attemptRescheduled, attempt, in: context)
        case .superseded: tell(.attemptSuperseded, attempt, in: context)
        // What was completed is told by spans and metrics; a chain that was cancelled, and a worker that stops, tell themselves.
        case .completed, .continued, .cancelled, .released: break
        }
    }

    /// An attempt failed with an error.
    func exception(_ exception: [Attribute], in job: JobRow, _ context: TraceContext?) {
        tell(.processException, attributes(of: job) + exception, in: context)
    }

    /// The result of an attempt could not be written.
    func settlementFailed(
        _ error: any Error, _ configuration: QueueInstrumentation.Configuration, of job: JobRow,
        in context: TraceContext?
    ) {
        // The worker stops, which tells itself.
        if error is CancellationError { return }
        tell(.settleException, attributes(of: job) + configuration.exception(error), in: context)
    }

    /// Starting a chain, or several, was refused.
    ///
    /// - Parameters:
    ///   - exception: What is told of the error.
    ///   - span: What the span says of what was to be started; of several chains it doesn't say which.
    ///   - context: The span.
    func startRefused(_ exception: [Attribute], of span: [Attribute], in context: TraceContext?) {
        tell(.sendException, span.filter { Self.ofStart.contains($0.key) } + exception, in: context)
    }

    private static let ofStart = Set(EventDefinition.sendException.attributes.map(\.name))

    /// Nothing was started, because an existing chain does as well.
    func deduplicated(_ job: JobRow, in context: TraceContext?) {
        tell(.chainDeduplicated, attributes(of: job, withAttempt: false), in: context)
    }

    /// A chain has ended without an output.
    func chainEnded(_ chain: ChainEnding, in context: TraceContext?) {
        guard chain.result == .cancelled else { return }
        tell(.chainCancelled, attributes(ofChain: chain.id, chain.typeName), in: context)
    }

    private func attributes(of job: JobRow, withAttempt: Bool = true) -> [Attribute] {
        var attributes = attributes(ofChain: job.chainID, job.chainTypeName)
        attributes.append(Attribute(QueueAttributes.jobID, .string(job.id.rawValue)))
        attributes.append(Attribute(QueueAttributes.jobType, .string(job.typeName)))
        if withAttempt { attributes.append(Attribute(QueueAttributes.jobAttempt, .int(Int64(job.attempt)))) }
        return attributes
    }

    private func attributes(ofChain id: JobID, _ typeName: String) -> [Attribute] {
        [
            QueueAttributes.system, Attribute(QueueAttributes.chainID, .string(id.rawValue)),
            Attribute(QueueAttributes.chainType, .string(typeName)),
        ]
    }

    // MARK: Events

    func happened(_ event: QueueEvent, in contexts: some SpanContexts) {
        switch event {
        case .workerStarted(let worker): tell(.workerStarted, attributes(of: worker))
        case .workerStopping(let worker): tell(.workerStopping, attributes(of: worker))
        case .workerStopped(let worker): tell(.workerStopped, attributes(of: worker))
        case .outageBegan(let failure):
            let error = QueueInstrumentation.errorType(of: failure.error)
            tell(
                .outageBegan,
                attributes(ofWorker: failure.worker) + [Attribute(QueueAttributes.errorType, .string(error))])
        case .outageEnded(let outage):
            tell(
                .outageEnded,
                attributes(ofWorker: outage.worker) + [
                    Attribute(QueueAttributes.outageFailures, .int(Int64(outage.failures))),
                    Attribute(QueueAttributes.outageDuration, .double(Double(seconds: outage.duration))),
                ])
        case .leaseLost(let lost):
            tell(.leaseLost, attributes(of: lost.job), in: contexts.traceContext(of: lost.attempt))
        case .jobsTriggered(let rows): tell(.jobTriggered, rows, contexts)
        case .jobsRedriven(let rows): tell(.jobRedriven, rows, contexts)
        case .chainDeleted(let id, let typeName): tell(.chainDeleted, attributes(ofChain: id, typeName))
        case .typePaused(let name): tell(.typePaused, attributes(ofType: name))
        case .typeResumed(let name): tell(.typeResumed, attributes(ofType: name))
        default: break
        }
    }

    private func tell(_ event: EventDefinition, _ rows: [JobRow], _ contexts: some SpanContexts) {
        for row in rows {
            tell(
                event, attributes(of: row, withAttempt: false),
                in: contexts.traceContext(stored: row.trace.jobContext)?.local)
        }
    }

    private func attributes(of worker: WorkerActivity) -> [Attribute] {
        attributes(ofWorker: worker.id) + [Attribute(QueueAttributes.workerName, .string(worker.name))]
    }

    private func attributes(ofWorker id: String) -> [Attribute] {
        [QueueAttributes.system, Attribute(QueueAttributes.workerID, .string(id))]
    }

    private func attributes(ofType name: String) -> [Attribute] {
        [QueueAttributes.system, Attribute(QueueAttributes.jobType, .string(name))]
    }

    private func tell(_ event: EventDefinition, _ attributes: [Attribute], in context: TraceContext? = nil) {
        var record = LogRecordData(
            time: clock.nanoseconds, severity: event.severity ?? .info, body: event.meaning, attributes: attributes,
            context: context, eventName: event.name, scope: QueueInstrumentation.scope)
        limits.apply(to: &record)
        processor.logged(record)
    }
}
