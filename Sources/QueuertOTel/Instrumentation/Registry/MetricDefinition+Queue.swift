extension MetricDefinition {
    static let jobCreated = MetricDefinition(
        "queuert.job.created", .counter, "{job}", "Jobs that were started or continued with.", ofJobType)
    static let jobCompleted = MetricDefinition(
        "queuert.job.completed", .counter, "{job}", "Jobs that were completed, by a worker or without one.", ofJobType)
    static let jobFailed = MetricDefinition(
        "queuert.job.failed", .counter, "{job}", "Jobs that have used up their attempts.",
        ofJobType + AttributeUse.required(QueueAttributes.errorType))
    static let jobRetries = MetricDefinition(
        "queuert.job.retries", .counter, "{attempt}",
        "Attempts that failed or were lost, and after which the job is tried again.",
        ofJobType)
    static let jobReaped = MetricDefinition(
        "queuert.job.reaped", .counter, "{job}", "Jobs that were taken back, because their worker died.", ofJobType)
    static let jobBlocked = MetricDefinition(
        "queuert.job.blocked", .counter, "{job}", "Jobs that were created and wait for other chains.", ofJobType)
    static let jobUnblocked = MetricDefinition(
        "queuert.job.unblocked", .counter, "{job}", "Jobs whose last blocker has ended.", ofJobType)
    static let jobTriggered = MetricDefinition(
        "queuert.job.triggered", .counter, "{job}", "Jobs that were made due by `triggerJobs`.", ofJobType)
    static let jobRedriven = MetricDefinition(
        "queuert.job.redriven", .counter, "{job}", "Failed jobs that are tried again by `redriveJobs`.", ofJobType)
    static let jobDuration = MetricDefinition(
        "queuert.job.duration", .histogram, "s", "How long jobs took from their creation to their completion.",
        ofJobType, bounds: longBounds)
    static let jobWait = MetricDefinition(
        "queuert.job.wait.duration", .histogram, "s",
        "How long jobs waited before an attempt, by what for. Waits of zero are told only for a worker (`queue`).",
        ofJobType + AttributeUse.required(QueueAttributes.waitType), bounds: longBounds)
    static let jobs = [
        jobCreated, jobCompleted, jobFailed, jobRetries, jobReaped, jobBlocked, jobUnblocked, jobTriggered,
        jobRedriven, jobDuration, jobWait,
    ]

    static let attemptStarted = MetricDefinition(
        "queuert.job.attempt.started", .counter, "{attempt}", "Attempts whose handler was called.", ofJobType)
    static let attemptCompleted = MetricDefinition(
        "queuert.job.attempt.completed", .counter, "{attempt}", "Attempts that completed their job.", ofJobType)
    static let attemptFailed = MetricDefinition(
        "queuert.job.attempt.failed", .counter, "{attempt}", "Attempts that failed.",
        ofJobType + AttributeUse.required(QueueAttributes.errorType))
    static let attemptLeaseExpired = MetricDefinition(
        "queuert.job.attempt.lease_expired", .counter, "{attempt}",
        "Attempts whose lease ran out, as whoever took the job back says.", ofJobType)
    static let attemptLeaseRenewed = MetricDefinition(
        "queuert.job.attempt.lease_renewed", .counter, "{attempt}", "Leases that were prolonged.", ofJobType)
    static let attemptTaken = MetricDefinition(
        "queuert.job.attempt.taken_by_another_worker", .counter, "{attempt}",
        "Attempts whose worker found that it no longer has the job, so that the result doesn't count.", ofJobType)
    static let attemptAlreadyCompleted = MetricDefinition(
        "queuert.job.attempt.already_completed", .counter, "{attempt}",
        "Attempts whose job was completed without a worker meanwhile, or deleted.", ofJobType)
    static let attemptDuration = MetricDefinition(
        "queuert.job.attempt.duration", .histogram, "s",
        "How long attempts took, as `messaging.process.duration`, with buckets for long ones.",
        ofJobType + AttributeUse.required(QueueAttributes.attemptResult), bounds: longBounds)
    static let attempts = [
        attemptStarted, attemptCompleted, attemptFailed, attemptLeaseExpired, attemptLeaseRenewed, attemptTaken,
        attemptAlreadyCompleted, attemptDuration,
    ]

    static let chainCreated = MetricDefinition(
        "queuert.chain.created", .counter, "{chain}", "Chains that were started.", ofChainType)
    static let chainDeduplicated = MetricDefinition(
        "queuert.chain.deduplicated", .counter, "{chain}", "Starts for which an existing chain did as well.",
        ofChainType)
    static let chainCompleted = MetricDefinition(
        "queuert.chain.completed", .counter, "{chain}", "Chains that ended with an output.", ofChainType)
    static let chainCancelled = MetricDefinition(
        "queuert.chain.cancelled", .counter, "{chain}", "Chains that were cancelled.", ofChainType)
    static let chainDeleted = MetricDefinition(
        "queuert.chain.deleted", .counter, "{chain}", "Chains that were deleted by `deleteJobChains`.", ofChainType)
    static let chainDuration = MetricDefinition(
        "queuert.chain.duration", .histogram, "s", "How long chains took from their creation to their output.",
        ofChainType, bounds: longBounds)
    static let chainJobs = MetricDefinition(
        "queuert.chain.jobs", .histogram, "{job}", "How many jobs chains had that ended with an output.", ofChainType,
        bounds: [1, 2, 3, 5, 10, 20, 50, 100, 1000, 10_000])
    static let chains = [
        chainCreated, chainDeduplicated, chainCompleted, chainCancelled, chainDeleted, chainDuration, chainJobs,
    ]
}
