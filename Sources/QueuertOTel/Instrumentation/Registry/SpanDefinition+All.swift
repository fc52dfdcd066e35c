extension SpanDefinition {
    static let all = producers + attempts + waits

    /// What the conventions want of each span of a job.
    private static let job =
        AttributeUse.required(
            QueueAttributes.system.key, QueueAttributes.operationName, QueueAttributes.destination,
            QueueAttributes.messageID, QueueAttributes.conversationID, QueueAttributes.chainID,
            QueueAttributes.chainType, QueueAttributes.chainIndex, QueueAttributes.jobID, QueueAttributes.jobType)
        + server
    /// Where the database is reached, if that is known.
    private static let server = AttributeUse.conditional(QueueAttributes.serverAddress, QueueAttributes.serverPort)
    private static let failure = AttributeUse.conditional(QueueAttributes.errorType)
    private static let producer =
        job
        + AttributeUse.required(
            QueueAttributes.operationType, QueueAttributes.traceMode, QueueAttributes.chainSegment)
        + AttributeUse.conditional(
            QueueAttributes.jobScheduledAt, QueueAttributes.blockerChainIDs, QueueAttributes.blockerCount,
            QueueAttributes.bodySize, QueueAttributes.transactionOutcome) + failure

    private static let producers: [SpanDefinition] = [
        .init(
            operation: "start", subject: "chain", kind: .producer, meaning: "A chain is started, until the commit.",
            attributes: producer + AttributeUse.conditional(QueueAttributes.chainDeduplicated),
            links: ["existing_chain"], events: ["exception"]),
        .init(
            operation: "schedule", subject: "chain", kind: .producer,
            meaning: "A chain is started whose first job is due later, until the commit.",
            attributes: producer + AttributeUse.conditional(QueueAttributes.chainDeduplicated),
            links: ["existing_chain"], events: ["exception"]),
        .init(
            operation: "start", subject: "chain", kind: .client,
            meaning: "Chains are started by one call, until the commit.",
            attributes: AttributeUse.required(
                QueueAttributes.system.key, QueueAttributes.operationName, QueueAttributes.operationType,
                QueueAttributes.batchCount)
                + AttributeUse.conditional(QueueAttributes.destination, QueueAttributes.transactionOutcome) + failure
                + server,
            links: ["creation"], events: ["exception"]),
        .init(
            operation: "create", subject: "chain", kind: .producer, meaning: "One of the chains that one call starts.",
            attributes: producer + AttributeUse.conditional(QueueAttributes.chainDeduplicated),
            links: ["batch", "existing_chain"], events: ["exception"]),
        .init(
            operation: "continue", subject: "job", kind: .producer,
            meaning: "An attempt's chain goes on, or what recurs begins its next chain, until the commit.",
            attributes: producer + AttributeUse.conditional(QueueAttributes.chainDeduplicated),
            links: ["origin", "chain", "existing_chain"], events: ["exception"]),
    ]

    private static let attempts: [SpanDefinition] = [
        .init(
            operation: "process", subject: "job", kind: .consumer,
            meaning: "One attempt, from its claim to its settlement. Told by whoever settles it.",
            attributes: job
                + AttributeUse.required(
                    QueueAttributes.operationType, QueueAttributes.jobAttempt, QueueAttributes.traceMode,
                    QueueAttributes.chainSegment, QueueAttributes.attemptResult, QueueAttributes.waitQueue)
                + AttributeUse.conditional(
                    QueueAttributes.clientID, QueueAttributes.workerID, QueueAttributes.maximumAttempts,
                    QueueAttributes.bodySize, QueueAttributes.droppedBlockerLinks,
                    QueueAttributes.waitBlocked, QueueAttributes.waitSchedule, QueueAttributes.waitBackoff,
                    QueueAttributes.clockSkew, QueueAttributes.batchSize, QueueAttributes.continuedWithID,
                    QueueAttributes.continuedWithType,
                    QueueAttributes.rescheduledAt, QueueAttributes.rescheduledAfter) + failure,
            links: ["creation", "retry_of", "chain", "blocker", "batch"], events: ["exception"]),
        .init(
            operation: "prepare", subject: "job", kind: .internal, meaning: "A staged handler's `prepare`.",
            attributes: job + failure, links: [], events: []),
        .init(
            operation: "complete", subject: "job", kind: .client,
            meaning: "The attempt's result is written; or a job is completed without a worker.",
            attributes: job + AttributeUse.required(QueueAttributes.operationType)
                + AttributeUse.conditional(
                    QueueAttributes.continuedWithID, QueueAttributes.continuedWithType,
                    QueueAttributes.transactionOutcome) + failure,
            links: ["creation"], events: ["exception"]),
    ]

    private static let waits: [SpanDefinition] = [
        .init(
            operation: "wait", subject: "job", kind: .internal,
            meaning: "A worker was missing, for 100 ms or longer.",
            attributes: job + AttributeUse.required(QueueAttributes.waitType), links: [], events: []),
        .init(
            operation: "await", subject: "chain", kind: .internal,
            meaning: "A job waited for a chain, from when it was blocked to the chain's end.",
            attributes: AttributeUse.required(
                QueueAttributes.system.key, QueueAttributes.conversationID, QueueAttributes.jobID,
                QueueAttributes.jobType, QueueAttributes.blockerChainID, QueueAttributes.blockerChainType,
                QueueAttributes.blockerIndex, QueueAttributes.waitType),
            links: ["blocker", "resolved_by"], events: []),
        .init(
            operation: "chain", subject: "chain", kind: .internal, meaning: "A chain, from its creation to its end.",
            attributes: AttributeUse.required(
                QueueAttributes.system.key, QueueAttributes.conversationID, QueueAttributes.chainID,
                QueueAttributes.chainType, QueueAttributes.chainJobs) + failure,
            links: ["completed_by"], events: []),
    ]
}
