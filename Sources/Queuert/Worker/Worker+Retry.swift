extension Worker {
    /// What becomes of a job after an attempt that failed or was lost: it is tried again, or has used up its attempts.
    func outcome(after row: JobRow, error: String, _ outcome: AttemptOutcome) -> Settlement.Outcome {
        isLast(row)
            ? .failed(error: error, outcome) : .retried(.after(backoff(after: row)), error: error, outcome)
    }

    /// Whether a job is not tried again if this attempt fails.
    func isLast(_ row: JobRow) -> Bool {
        guard let maximum = processors[row.typeName]?.settings.maximumAttempts ?? configuration.maximumAttempts else {
            return false
        }
        return row.attempt >= maximum
    }

    /// How long a job waits after an attempt that failed.
    private func backoff(after row: JobRow) -> Duration {
        let backoff = processors[row.typeName]?.settings.backoff ?? configuration.backoff
        return random.withLock { backoff.delay(afterAttempt: row.attempt, using: &$0) }
    }
}

/// An attempt that took longer than its processor allows.
///
/// The handler was cancelled, and nothing that it does afterwards is written.
public struct JobTimeoutError: RedactedError, Sendable, Hashable {
    /// The job.
    public let jobID: JobID
    /// How long the attempt was allowed to take.
    public let timeout: Duration

    /// What was wrong and what to do.
    public var description: String {
        "An attempt of job \(jobID) took longer than \(timeout). Raise its processor's `timeout`, or make the handler faster."
    }
}
