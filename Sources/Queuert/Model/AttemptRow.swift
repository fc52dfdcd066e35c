/// How an attempt that did not succeed ended.
public enum AttemptOutcome: String, Sendable, Hashable, Codable {
    /// The handler threw.
    case failed
    /// The handler asked to be called again later.
    case rescheduled
    /// The worker's lease ran out.
    case lost
    /// The worker gave the job back: it shut down, had no slot for it, or undid a batch for another job's sake.
    case released
    /// The chain was cancelled.
    case cancelled
    /// The job was completed without a worker meanwhile, or deleted.
    case superseded
}

/// The record of an attempt that did not succeed.
public struct AttemptRow: Sendable, Hashable {
    /// The job.
    public var jobID: JobID
    /// The number of the attempt, from one.
    public var attempt: Int
    /// The worker that had the job.
    public var worker: String?
    /// When the attempt was claimed.
    public var startedAt: Timestamp?
    /// When the attempt was settled.
    public var endedAt: Timestamp
    /// How it ended.
    public var outcome: AttemptOutcome
    /// What it failed with, or why it asked to be called again.
    ///
    /// State adapters are given a reason behind `rescheduled: `, which ``Client/failedAttempts(ofJob:limit:)`` leaves out.
    public var error: String?
    /// The context of the attempt's span.
    public var attemptContext: String?

    /// Makes the record of an attempt.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - attempt: The number of the attempt, from one.
    ///   - worker: The worker that had the job.
    ///   - startedAt: When the attempt was claimed.
    ///   - endedAt: When the attempt was settled.
    ///   - outcome: How it ended.
    ///   - error: What it failed with, or why it asked to be called again.
    ///   - attemptContext: The context of the attempt's span.
    public init(
        jobID: JobID, attempt: Int, worker: String?, startedAt: Timestamp?, endedAt: Timestamp, outcome: AttemptOutcome,
        error: String?, attemptContext: String?
    ) {
        self.jobID = jobID
        self.attempt = attempt
        self.worker = worker
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.error = error
        self.attemptContext = attemptContext
    }
}
