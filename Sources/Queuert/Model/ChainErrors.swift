/// A chain that was cancelled, and will yield nothing.
public struct ChainCancelledError: RedactedError, Sendable, Hashable {
    /// The chain.
    public let chainID: JobID

    /// Makes the error.
    ///
    /// - Parameter chainID: The chain.
    public init(chainID: JobID) { self.chainID = chainID }

    /// What was wrong and what to do.
    public var description: String {
        "Chain \(chainID) was cancelled and yields nothing. Start another one if it is still needed."
    }
}

/// A chain whose last job has used up its attempts.
public struct ChainFailedError: RedactedError, Sendable, Hashable {
    /// The chain.
    public let chainID: JobID
    /// The job that failed.
    public let jobID: JobID
    /// The name of that job's type.
    public let typeName: String
    /// How often it was tried.
    public let attempts: Int

    /// What was wrong and what to do.
    public var description: String {
        """
        Chain \(chainID) failed: job \(jobID) (\(typeName)) was tried \(attempts) times. Look at its last error; \
        `redriveJobs` tries it again.
        """
    }
}

/// A chain that jobs wait for, or need the output of, and that can't be cancelled or deleted therefore.
public struct ChainHasDependantsError: RedactedError, Sendable, Hashable {
    /// A job and a chain that it needs.
    public struct Reference: Sendable, Hashable {
        /// The chain that is needed.
        public let chainID: JobID
        /// The job that needs it.
        public let jobID: JobID
        /// The chain of that job.
        public let jobChainID: JobID

        /// Makes a reference.
        ///
        /// - Parameters:
        ///   - chainID: The chain that is needed.
        ///   - jobID: The job that needs it.
        ///   - jobChainID: The chain of that job.
        public init(chainID: JobID, jobID: JobID, jobChainID: JobID) {
            self.chainID = chainID
            self.jobID = jobID
            self.jobChainID = jobChainID
        }
    }
    /// Who needs what; the first hundred at most.
    public let references: [Reference]

    /// Makes the error.
    ///
    /// - Parameter references: Who needs what.
    public init(references: [Reference]) { self.references = references }

    /// What was wrong and what to do.
    public var description: String {
        let examples = references.prefix(3).map {
            "job \($0.jobID) of chain \($0.jobChainID) needs chain \($0.chainID)"
        }
        let more = references.count > 3 ? ", and \(references.count - 3) more" : ""
        return """
            Jobs that have not ended need what was to go: \(examples.joined(separator: "; "))\(more). Nothing was changed; \
            name their chains too.
            """
    }
}

/// A cursor that this list didn't give out.
public struct InvalidCursorError: RedactedError, Sendable, Hashable {
    /// Makes the error.
    public init() {}

    /// What was wrong and what to do.
    public var description: String { "The cursor is not one that this list gave out. Start again without one." }
}
