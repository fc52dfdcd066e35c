extension MetricDefinition {
    private static let ofWorker = AttributeUse.required(QueueAttributes.workerName)
    private static let failure = AttributeUse.required(QueueAttributes.errorType)

    static let workerStarted = MetricDefinition(
        "queuert.worker.started", .counter, "{worker}", "Workers that began to work.", ofWorker)
    static let workerStopping = MetricDefinition(
        "queuert.worker.stopping", .counter, "{worker}", "Workers that were told to stop.", ofWorker)
    static let workerStopped = MetricDefinition(
        "queuert.worker.stopped", .counter, "{worker}", "Workers that have stopped.", ofWorker)
    static let workerError = MetricDefinition(
        "queuert.worker.error", .counter, "{error}",
        "Times that a worker could not claim jobs; each begins an outage or is part of one.", failure)
    static let databaseError = MetricDefinition(
        "queuert.state_adapter.error", .counter, "{error}", "Times that the database failed a worker, by what it did.",
        AttributeUse.required(QueueAttributes.databaseWork) + failure)
    static let notifyError = MetricDefinition(
        "queuert.notify_adapter.error", .counter, "{error}",
        "Times that hints may have been lost, so that jobs were found at a poll.", failure)
    static let processing = MetricDefinition(
        "queuert.job_type.processing", .upDownCounter, "{job}", "Jobs that this process's workers have.", ofJobType)
    static let idle = MetricDefinition(
        "queuert.job_type.idle", .upDownCounter, "{worker}",
        "Workers of this process that would begin a job of the type at once.", ofJobType)
    static let workers = [
        workerStarted, workerStopping, workerStopped, workerError, databaseError, notifyError, processing, idle,
    ]

    static let jobsByState = MetricDefinition(
        "queuert.jobs", .gauge, "{job}",
        "Jobs in the database that have not ended, or have failed. Each process that works tells the same.",
        ofJobType + AttributeUse.required(QueueAttributes.jobState))
    static let oldestAge = MetricDefinition(
        "queuert.jobs.oldest.age", .gauge, "s",
        "For how long the first of the ready jobs has been due; zero without any.",
        ofJobType)
    static let stuck = MetricDefinition(
        "queuert.jobs.stuck", .gauge, "{job}",
        "Running jobs whose lease is over, and that nobody has taken back: no worker of their type runs.", ofJobType)
    static let states = [jobsByState, oldestAge, stuck]

    /// Telemetry's own metrics, of a signal whose name, unit and components are given.
    private static func own(_ name: String, _ unit: String) -> [MetricDefinition] {
        [
            .init(
                "otel.sdk.processor.\(name).queue.size", .upDownCounter, unit, "What waits for its export", component,
                .conventionsInDevelopment),
            .init(
                "otel.sdk.processor.\(name).queue.capacity", .upDownCounter, unit, "How many may wait", component,
                .conventionsInDevelopment),
            .init(
                "otel.sdk.processor.\(name).processed", .counter, unit,
                "What was handed to the exporter, with an error type what was dropped", lossy,
                .conventionsInDevelopment),
            .init(
                "otel.sdk.exporter.\(name).inflight", .upDownCounter, unit, "What is being exported", exporter,
                .conventionsInDevelopment),
            .init(
                "otel.sdk.exporter.\(name).exported", .counter, unit,
                "What was exported, with an error type what the receiver didn't take", lossyExporter,
                .conventionsInDevelopment),
        ]
    }

    /// What becomes of telemetry in an outbox.
    private static let outbox: [MetricDefinition] = [
        .init(
            "queuert.otel.outbox.kept", .counter, "{item}",
            "Spans, data points and log records that the outbox has kept", []),
        .init(
            "queuert.otel.outbox.sent", .counter, "{item}",
            "Items of the outbox that were sent, with an error type those that the receiver didn't take",
            AttributeUse.conditional(QueueAttributes.errorType)),
        .init(
            "queuert.otel.outbox.dropped", .counter, "{item}",
            "Items that the outbox could not keep, or not any longer, by cause", failure),
        .init(
            "queuert.otel.outbox.items", .upDownCounter, "{item}",
            "Items that the outbox keeps, as it was last looked at", []),
        .init(
            "queuert.otel.outbox.size", .upDownCounter, "By",
            "The messages that the outbox keeps, as it was last looked at", []),
    ]

    private static let component = AttributeUse.required("otel.component.type", "otel.component.name")
    private static let exporter =
        component + AttributeUse.conditional(QueueAttributes.serverAddress, QueueAttributes.serverPort)
    private static let lossy = component + AttributeUse.conditional(QueueAttributes.errorType)
    private static let lossyExporter = exporter + AttributeUse.conditional(QueueAttributes.errorType)

    /// What comes into telemetry, before anything is made of it.
    private static let created: [MetricDefinition] = [
        .init(
            "otel.sdk.span.started", .counter, "{span}", "Spans that began here, whether they are recorded or not",
            AttributeUse.required("otel.span.sampling_result", "otel.span.parent.origin"), .conventionsInDevelopment),
        .init(
            "otel.sdk.log.created", .counter, "{log_record}", "Log records that came to be exported", [],
            .conventionsInDevelopment),
    ]

    private static let exports: [MetricDefinition] = [
        .init(
            "otel.sdk.exporter.metric_data_point.inflight", .upDownCounter, "{data_point}",
            "What is being exported", exporter, .conventionsInDevelopment),
        .init(
            "otel.sdk.exporter.metric_data_point.exported", .counter, "{data_point}",
            "Data points whose export has ended, with an error type those that the receiver didn't take",
            lossyExporter, .conventionsInDevelopment),
        .init(
            "otel.sdk.exporter.operation.duration", .histogram, "s",
            "How long exports took, with an error type those that failed", lossyExporter, bounds: messagingBounds,
            .conventionsInDevelopment),
        .init(
            "otel.sdk.metric_reader.collection.duration", .histogram, "s",
            "How long it took to collect metrics, with an error type where it took too long", lossy,
            bounds: messagingBounds, .conventionsInDevelopment),
    ]

    static let own: [MetricDefinition] =
        outbox + created + own("span", "{span}") + own("log", "{log_record}") + exports
}
