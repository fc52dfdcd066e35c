extension Worker {
    /// What becomes of a job after an attempt that failed or was lost: it is tried again, or has used up its attempts.
    ///
    /// Those that failed or were lost just before it count too, unless the job was redriven since. One that asked to be
    /// called again ends the row: what the job failed with before is over, for its backoff and for its maximum.
    func outcome(
        after row: JobRow, earlierFailures: Int, error: String, _ outcome: AttemptOutcome
    ) -> Settlement.Outcome {
        let failures = earlierFailures + 1
        if let maximum = maximumAttempts(of: row), failures >= maximum { return .failed(error: error, outcome) }
        let backoff = processors[row.typeName]?.settings.backoff ?? configuration.backoff
        let delay = random.withLock { backoff.delay(afterAttempt: failures, using: &$0) }
        return .retried(.after(delay), error: error, outcome)
    }

    /// How many of the last attempts of jobs tell how many failed in a row; none of a job that runs for the first time.
    ///
    /// The number of an attempt doesn't tell, because one that was rescheduled has a number too.
    func attemptsToCount(of rows: [JobRow]) -> [JobID: Int] {
        rows.reduce(into: [:]) { counts, row in
            // The numbers begin again with a redrive, and what failed before it doesn't count.
            let sinceRedrive = row.attempt - 1
            guard sinceRedrive > 0 else { return }
            // A maximum above the number of attempts isn't reached yet.
            let maximum = maximumAttempts(of: row).flatMap { $0 <= row.attempt ? $0 : nil } ?? 0
            counts[row.id] = min(sinceRedrive, max(maximum, Self.countedAttempts))
        }
    }

    /// How far back failures are counted, at least: a job that is tried for years must not cost more with each time.
    private static var countedAttempts: Int { 1_000 }

    private func maximumAttempts(of row: JobRow) -> Int? {
        processors[row.typeName]?.settings.maximumAttempts ?? configuration.maximumAttempts
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
