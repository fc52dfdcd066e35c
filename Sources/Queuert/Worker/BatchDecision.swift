/// What a handler of batches decides about one of its jobs.
///
/// Made by the job: ``Job/decide(_:)``, ``Job/fail(with:)`` or ``Job/reschedule(_:reason:)``.
public struct BatchDecision<Kind: JobType>: Sendable {
    enum Body: Sendable {
        case decided(Decision<Kind>)
        case failed(any Error)
    }
    let jobID: JobID
    let body: Body
}

extension Job {
    /// Ends the chain of one job of a batch, or goes on with a declared continuation.
    ///
    /// - Parameter decision: How the chain goes on, such as `.finish(output)`.
    /// - Returns: The decision, for the handler to return.
    public func decide(_ decision: Decision<Kind>) -> BatchDecision<Kind> {
        BatchDecision(jobID: id, body: .decided(decision))
    }

    /// Lets the attempt of one job of a batch fail, and no other.
    ///
    /// In a batch with a transaction, what the handler has written for this job is committed with the rest: undo it before,
    /// as with a savepoint.
    ///
    /// - Parameter error: What the attempt failed with.
    /// - Returns: The decision, for the handler to return.
    public func fail(with error: any Error) -> BatchDecision<Kind> { BatchDecision(jobID: id, body: .failed(error)) }

    /// Has one job of a batch tried again later, which is not a failure.
    ///
    /// - Parameters:
    ///   - schedule: When the job is due again.
    ///   - reason: Why, for the job's record.
    /// - Returns: The decision, for the handler to return.
    public func reschedule(_ schedule: Schedule, reason: String? = nil) -> BatchDecision<Kind> {
        BatchDecision(jobID: id, body: .failed(RescheduleJob(schedule, reason: reason)))
    }
}

/// A handler of batches that didn't return one decision for each of its jobs: all of them have failed.
public struct BatchMismatchError: RedactedError, Sendable, Hashable {
    /// Jobs that the handler said nothing about.
    public let missing: [JobID]
    /// Jobs that it said something about twice, or that are not in the batch.
    public let unexpected: [JobID]

    /// What was wrong and what to do.
    public var description: String {
        """
        A handler returned no decision for \(missing.count) jobs of its batch, and \(unexpected.count) that it was not asked \
        for. Return one decision for each job: `jobs.map { $0.decide(…) }`.
        """
    }
}

/// Ends an attempt whose batch was undone because another job of it had lost its lease: the job is given back.
struct BatchUndone: Error {}

/// How an attempt of a batch ended.
struct BatchEnd: Sendable {
    enum Result: Sendable {
        /// The result is written.
        case settled
        /// The result is to be written.
        case settling(Settling)
        /// The attempt failed, asked to be called again, or is given back, and that is to be written.
        case failed(any Error)
    }
    let attempt: Attempt
    let result: Result
    /// What is written, if it was written with the handler's transaction.
    var written: Settling?
}
