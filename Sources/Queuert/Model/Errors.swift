/// A chain that doesn't exist.
public struct ChainNotFoundError: RedactedError, Sendable, Hashable {
    /// The chain.
    public let chainID: JobID

    /// Makes the error.
    ///
    /// - Parameter chainID: The chain.
    public init(chainID: JobID) { self.chainID = chainID }

    /// What was wrong and what to do.
    public var description: String {
        "There is no chain \(chainID). Check that the transaction that started it was committed, in this database."
    }
}

/// A job that would wait for the chain that it belongs to, and so for ever.
public struct ChainWaitsForItselfError: RedactedError, Sendable, Hashable {
    /// The chain.
    public let chainID: JobID

    /// What was wrong and what to do.
    public var description: String {
        "Chain \(chainID) was to continue with a job that waits for this same chain. Pass other chains as blockers."
    }
}

/// A chain that started with another type of job than the caller said, or is at another.
public struct JobTypeMismatchError: RedactedError, Sendable, Hashable {
    /// Which job of a chain has another type.
    public enum Place: String, Sendable, Hashable {
        /// The one that the chain started with.
        case first
        /// The one that the chain is at.
        case last
    }
    /// The chain.
    public let chainID: JobID
    /// The type that the caller said.
    public let expected: String
    /// The type of the chain's job.
    public let actual: String
    /// Which job of the chain that is.
    public let place: Place

    /// Makes the error.
    ///
    /// - Parameters:
    ///   - chainID: The chain.
    ///   - expected: The type that the caller said.
    ///   - actual: The type of the chain's job.
    ///   - place: Which job of the chain that is; the first by default.
    public init(chainID: JobID, expected: String, actual: String, place: Place = .first) {
        self.chainID = chainID
        self.expected = expected
        self.actual = actual
        self.place = place
    }

    /// What was wrong and what to do.
    public var description: String {
        switch place {
        case .first:
            """
            Chain \(chainID) started with \(actual), not \(expected). Pass the chain with the type that it was started with.
            """
        case .last:
            "Chain \(chainID) is at a job of type \(actual), not \(expected). Look at its jobs; it may have gone on meanwhile."
        }
    }
}

/// A wait for a chain that was over before the chain was.
public struct ChainTimeoutError: RedactedError, Sendable, Hashable {
    /// The chain.
    public let chainID: JobID
    /// How long it was waited for.
    public let timeout: Duration

    /// What was wrong and what to do.
    public var description: String {
        "Chain \(chainID) did not end within \(timeout). It goes on; wait again, or look at its last job's error."
    }
}

/// An attempt that has lost its job: another attempt has it by now, or it was ended or deleted.
///
/// The transaction that throws it is rolled back: nothing of a lost attempt is written.
public struct LeaseLostError: RedactedError, Sendable, Hashable {
    /// The job.
    public let jobID: JobID

    /// What was wrong and what to do.
    public var description: String {
        """
        Job \(jobID) is no longer this attempt's: its lease ran out, or it was ended meanwhile. Raise `leaseDuration` \
        if handlers block for that long, and let no handler end its own job in its transaction.
        """
    }
}

/// An attempt whose handler has ended or deleted its own job, in the transaction that was to write the result.
///
/// That took the lease which the result needs. So the transaction was rolled back, and the attempt has failed.
public struct OwnJobEndedError: RedactedError, Sendable, Hashable {
    /// The job.
    public let jobID: JobID

    /// What was wrong and what to do.
    public var description: String {
        """
        The handler of job \(jobID) ended or deleted its own job in its transaction, so that no result could be \
        written, and all was undone. Let what it returns end the job.
        """
    }
}

/// Thrown by a handler that wants its job to be tried again later, which is not a failure.
public struct RescheduleJob: Error, Sendable, Hashable {
    /// When the job is due again.
    public let schedule: Schedule
    /// Why, for the job's record.
    public let reason: String?

    /// Asks for the job to be tried again later.
    ///
    /// - Parameters:
    ///   - schedule: When the job is due again.
    ///   - reason: Why, for the job's record.
    public init(_ schedule: Schedule, reason: String? = nil) {
        self.schedule = schedule
        self.reason = reason
    }
}
