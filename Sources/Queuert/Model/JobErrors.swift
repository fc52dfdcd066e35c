/// A job that doesn't exist.
public struct JobNotFoundError: RedactedError, Sendable, Hashable {
    /// The job.
    public let jobID: JobID

    /// Makes the error.
    ///
    /// - Parameter jobID: The job.
    public init(jobID: JobID) { self.jobID = jobID }

    /// What was wrong and what to do.
    public var description: String {
        "There is no job \(jobID). Check that the transaction that created it was committed, in this database."
    }
}

/// A job that is not in a state in which it could be triggered, redriven or completed.
public struct JobStatusError: RedactedError, Sendable, Hashable {
    /// The job.
    public let jobID: JobID
    /// What the job is doing.
    public let status: JobStatus
    /// What it would have to be doing.
    public let expected: [JobStatus]

    /// Makes the error.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - status: What the job is doing.
    ///   - expected: What it would have to be doing.
    public init(jobID: JobID, status: JobStatus, expected: [JobStatus]) {
        self.jobID = jobID
        self.status = status
        self.expected = expected
    }

    /// What was wrong and what to do.
    public var description: String {
        let expected = expected.map(\.rawValue).joined(separator: " or ")
        return "Job \(jobID) is \(status.rawValue), not \(expected). Nothing was changed; leave this job out."
    }
}
