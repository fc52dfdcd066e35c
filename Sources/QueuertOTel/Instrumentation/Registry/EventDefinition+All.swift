extension EventDefinition {
    static let all = [exception, processException, settleException, sendException] + attempts + jobs + workers

    static let exception = EventDefinition(
        "exception", nil,
        "What an attempt failed with, or a start or a completion was refused with, on its span. Deprecated by the "
            + "conventions in favour of the next three.",
        AttributeUse.required("exception.type") + AttributeUse.conditional("exception.message"), .conventionsStable)
    static let processException = EventDefinition(
        "messaging.process.exception", .error, "What an attempt failed with.",
        job + AttributeUse.required(QueueAttributes.jobAttempt, "exception.type")
            + AttributeUse.conditional("exception.message"), .conventionsInDevelopment)
    static let settleException = EventDefinition(
        "messaging.settle.exception", .warning,
        "What writing the result of an attempt failed with, or completing a job without a worker was refused with.",
        job + AttributeUse.required(QueueAttributes.jobAttempt, "exception.type")
            + AttributeUse.conditional("exception.message"), .conventionsInDevelopment)
    static let sendException = EventDefinition(
        "messaging.send.exception", .warning, "What starting a chain, or several, was refused with.",
        AttributeUse.required(QueueAttributes.system.key, "exception.type")
            + AttributeUse.conditional(
                QueueAttributes.jobID, QueueAttributes.jobType, QueueAttributes.chainID, QueueAttributes.chainType,
                "exception.message"), .conventionsInDevelopment)

    private static let job = AttributeUse.required(
        QueueAttributes.system.key, QueueAttributes.jobID, QueueAttributes.jobType, QueueAttributes.chainID,
        QueueAttributes.chainType)
    private static let attempt = job + AttributeUse.required(QueueAttributes.jobAttempt)
    private static let chain = AttributeUse.required(
        QueueAttributes.system.key, QueueAttributes.chainID, QueueAttributes.chainType)
    private static let worker = AttributeUse.required(
        QueueAttributes.system.key, QueueAttributes.workerID, QueueAttributes.workerName)
    private static let again = AttributeUse.conditional(QueueAttributes.rescheduledAt)
    private static let failure = AttributeUse.required(QueueAttributes.errorType)

    static let attemptFailed = EventDefinition(
        "queuert.job.attempt.failed", .warning, "An attempt failed, and the job is tried again.",
        attempt + failure + again)
    static let attemptRescheduled = EventDefinition(
        "queuert.job.attempt.rescheduled", .info, "A handler asked to be called again later.", attempt + again)
    static let attemptSuperseded = EventDefinition(
        "queuert.job.attempt.superseded", .notice, "A job was completed without a worker, or deleted, while it ran.",
        attempt)
    static let leaseLost = EventDefinition(
        "queuert.job.attempt.lease_lost", .warning,
        "A worker finds that it no longer has a job: the lease ran out, or the chain was cancelled, deleted or completed.",
        attempt)
    private static let attempts = [attemptFailed, attemptRescheduled, attemptSuperseded, leaseLost]

    static let jobReaped = EventDefinition(
        "queuert.job.reaped", .warning, "A job was taken back, because its worker died or was out of reach.",
        attempt + failure + again)
    static let jobFailed = EventDefinition(
        "queuert.job.failed", .error, "A job has used up its attempts; `redriveJobs` tries it again.", attempt + failure
    )
    static let jobTriggered = EventDefinition(
        "queuert.job.triggered", .info, "A job was made due.", job)
    static let jobRedriven = EventDefinition(
        "queuert.job.redriven", .info, "A job that had failed is tried again.", job)
    static let chainDeduplicated = EventDefinition(
        "queuert.chain.deduplicated", .debug, "Nothing was started, because an existing chain does as well.", job)
    static let chainCancelled = EventDefinition(
        "queuert.chain.cancelled", .notice, "A chain was cancelled.", chain)
    static let chainDeleted = EventDefinition("queuert.chain.deleted", .info, "A chain was deleted.", chain)
    private static let jobs = [
        jobReaped, jobFailed, jobTriggered, jobRedriven, chainDeduplicated, chainCancelled, chainDeleted,
    ]

    static let workerStarted = EventDefinition(
        "queuert.worker.started", .info, "A worker begins to work.", worker)
    static let workerStopping = EventDefinition(
        "queuert.worker.stopping", .info, "A worker claims nothing more.", worker)
    static let workerStopped = EventDefinition("queuert.worker.stopped", .info, "A worker has stopped.", worker)
    static let outageBegan = EventDefinition(
        "queuert.outage.began", .error, "A worker can't claim jobs, because the database fails it.",
        AttributeUse.required(QueueAttributes.system.key, QueueAttributes.workerID) + failure)
    static let outageEnded = EventDefinition(
        "queuert.outage.ended", .notice, "A worker claims jobs again.",
        AttributeUse.required(
            QueueAttributes.system.key, QueueAttributes.workerID, QueueAttributes.outageFailures,
            QueueAttributes.outageDuration))
    static let typePaused = EventDefinition(
        "queuert.job_type.paused", .notice, "A worker finds that a type is paused.",
        AttributeUse.required(QueueAttributes.system.key, QueueAttributes.jobType))
    static let typeResumed = EventDefinition(
        "queuert.job_type.resumed", .notice, "A worker finds that a type is no longer paused.",
        AttributeUse.required(QueueAttributes.system.key, QueueAttributes.jobType))
    private static let workers = [
        workerStarted, workerStopping, workerStopped, outageBegan, outageEnded, typePaused, typeResumed,
    ]
}
