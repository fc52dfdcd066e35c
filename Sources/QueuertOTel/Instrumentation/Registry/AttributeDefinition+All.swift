extension AttributeDefinition {
    static let all = conventions + exceptions + chains + jobs + attempts + others + own

    /// The values of `error.type` that aren't the name of an error's type.
    static let errorWords = ["timeout", "lease_expired", "worker_lost", "cancelled", "rollback", "gap"]

    private static let conventions: [AttributeDefinition] = [
        .init(
            "messaging.system", "The kind of queue.", values: ["queuert"], .conventionsInDevelopment),
        .init(
            QueueAttributes.operationName, "What is done, in the queue's own words.",
            values: ["start", "schedule", "create", "continue", "process", "prepare", "complete", "wait"],
            .conventionsInDevelopment),
        .init(
            QueueAttributes.operationType, "What is done, in words that all queues share.",
            values: ["create", "send", "process", "settle"], .conventionsInDevelopment),
        .init(
            QueueAttributes.destination, "The job's type; of a batch only if all have one.",
            .conventionsInDevelopment),
        .init(QueueAttributes.messageID, "The job.", .conventionsInDevelopment),
        .init(QueueAttributes.conversationID, "The chain.", .conventionsInDevelopment),
        .init(
            QueueAttributes.bodySize, .int, "How many bytes the job's input has, if that is asked for.",
            .conventionsInDevelopment),
        .init(QueueAttributes.batchCount, .int, "How many chains one call starts.", .conventionsInDevelopment),
        .init(QueueAttributes.clientID, "The worker.", .conventionsInDevelopment),
        .init(
            QueueAttributes.errorType,
            "What it failed with: the name of the error's type, or "
                + "\(errorWords.map { "`\($0)`" }.joined(separator: ", ")). Never on success.", .conventionsStable),
        .init(
            QueueAttributes.serverAddress,
            "The host of the queue's database, where it is reached over a network; or of telemetry's receiver.",
            .conventionsStable),
        .init(
            QueueAttributes.serverPort, .int,
            "The port of the queue's database, if it is said; or of telemetry's receiver.", .conventionsStable),
    ]

    private static let exceptions: [AttributeDefinition] = [
        .init("exception.type", "The name of the error's type.", .conventionsStable),
        .init(
            "exception.message",
            "The error's text: only of errors whose text is known to hold no data (`RedactedError`), unless all are asked "
                + "for.", .conventionsStable),
    ]

    private static let chains: [AttributeDefinition] = [
        .init(QueueAttributes.chainID, "The chain: the identifier of its first job."),
        .init(QueueAttributes.chainType, "The type of the chain's first job."),
        .init(QueueAttributes.chainIndex, .int, "The job's place in its chain, from 0."),
        .init(QueueAttributes.chainSegment, .int, "The number of the trace segment that the job is in, from 0."),
        .init(QueueAttributes.chainJobs, .int, "How many jobs the chain had."),
        .init(
            QueueAttributes.chainDeduplicated, .boolean,
            "That nothing was started, because an existing chain does as well."),
        .init(QueueAttributes.blockerChainID, "The chain that was waited for."),
        .init(QueueAttributes.blockerChainType, "The type of the first job of the chain that was waited for."),
        .init(QueueAttributes.blockerIndex, .int, "The wait's place among the job's waits, from 0."),
        .init(
            QueueAttributes.blockerChainIDs, .strings,
            "The chains that the job waits for, as far as the first \(JobCreationOutline.blockerLimit) of them."),
        .init(QueueAttributes.blockerCount, .int, "How many chains the job waits for."),
    ]

    private static let jobs: [AttributeDefinition] = [
        .init(QueueAttributes.jobID, "The job."),
        .init(QueueAttributes.jobType, "The job's type."),
        .init(QueueAttributes.jobScheduledAt, "When the job is due, if later: a moment in ISO 8601."),
        .init(
            QueueAttributes.jobState, "What the job is doing.",
            values: ["ready", "scheduled", "blocked", "running", "failed"]),
        .init(
            QueueAttributes.droppedBlockerLinks, .int,
            "To how many of the chains that were waited for there is no link, as there are too many."),
        .init(QueueAttributes.continuedWithID, "The job that follows."),
        .init(QueueAttributes.continuedWithType, "The type of the job that follows."),
    ]

    private static let attempts: [AttributeDefinition] = [
        .init(QueueAttributes.jobAttempt, .int, "The attempt's number, from 1."),
        .init(
            QueueAttributes.maximumAttempts, .int,
            "After how many failed attempts its worker doesn't try the job again."),
        .init(
            QueueAttributes.attemptResult, "How the attempt ended.",
            values: ["completed", "failed", "rescheduled", "lost", "cancelled", "superseded"]),
        .init(QueueAttributes.rescheduledAt, "When the job is due again: a moment in ISO 8601."),
        .init(QueueAttributes.rescheduledAfter, .int, "After how many milliseconds the job is due again."),
        .init(QueueAttributes.batchSize, .int, "How many jobs shared the call of the handler, if several."),
        .init(
            QueueAttributes.waitBlocked, .double,
            "For how many seconds the job waited for other chains, before its first attempt."),
        .init(QueueAttributes.waitSchedule, .double, "For how many seconds it waited for its time."),
        .init(QueueAttributes.waitBackoff, .double, "For how many seconds it waited after a failed attempt."),
        .init(QueueAttributes.waitQueue, .double, "For how many seconds only a worker was missing."),
        .init(
            QueueAttributes.waitType,
            "What was waited for: other chains, the job's time, a time after a failed attempt, or a worker.",
            values: ["blocked", "schedule", "backoff", "queue"]),
        .init(
            QueueAttributes.clockSkew, .boolean,
            "That the job was claimed before it was ready by its own times: a clock was set back, or two clocks differ."
        ),
    ]

    private static let others: [AttributeDefinition] = [
        .init(
            QueueAttributes.linkType, "How the two spans relate.",
            values: [
                "creation", "retry_of", "chain", "origin", "blocker", "batch", "existing_chain", "resolved_by",
                "completed_by",
            ]),
        .init(
            QueueAttributes.traceMode, "When the chain leaves its trace.", values: ["bounded", "single", "linked"]),
        .init(
            QueueAttributes.transactionOutcome, "What became of the transaction.", values: ["rolled_back"]),
        .init(QueueAttributes.workerID, "The worker: its name and a part made by chance."),
        .init(QueueAttributes.workerName, "The worker's configured name, which workers share that do the same."),
        .init(
            QueueAttributes.databaseWork, "What a worker did in the database.",
            values: ["claim", "settle", "renew", "reap", "release"]),
        .init(QueueAttributes.outageFailures, .int, "How often claiming failed."),
        .init(QueueAttributes.outageDuration, .double, "For how many seconds no jobs could be claimed."),
    ]

    /// Those of telemetry's own metrics.
    private static let own: [AttributeDefinition] = [
        .init("otel.component.type", "What the part of telemetry is.", .conventionsInDevelopment),
        .init("otel.component.name", "Which part of telemetry it is.", .conventionsInDevelopment),
        .init(
            "otel.span.sampling_result", "What the sampler has decided.", values: ["DROP", "RECORD_AND_SAMPLE"],
            .conventionsInDevelopment),
        .init(
            "otel.span.parent.origin", "Where the span above is: in this process, or elsewhere.",
            values: ["none", "local", "remote"], .conventionsInDevelopment),
    ]

    private init(_ name: String, _ meaning: String, values: [String]? = nil, _ origin: DefinitionOrigin = .queuert) {
        self.init(name, .string, meaning, values: values, origin)
    }
}
