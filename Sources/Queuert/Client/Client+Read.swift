extension Client {
    /// Reads a job as it is stored.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The job; `nil` if there is none.
    /// - Throws: An error of the database.
    public func job(_ jobID: JobID) async throws -> JobRow? { try await read { try $0.job(jobID) } }

    /// Reads the first and the last job of a chain as they are stored.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The chain's ends; `nil` if there is no such chain.
    /// - Throws: An error of the database.
    public func chain(_ chainID: JobID) async throws -> ChainEnds? { try await read { try $0.chainEnds(chainID) } }

    /// Reads the jobs of a chain as they are stored.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last; empty if there is no such chain.
    /// - Throws: An error of the database.
    public func jobs(ofChain chainID: JobID) async throws -> [JobRow] {
        try await read { try $0.jobs(ofChain: chainID) }
    }

    /// Lists chains, a page at a time.
    ///
    /// What is created between two pages moves nothing from one to the other.
    ///
    /// ```swift
    /// var query = ChainQuery(statuses: [.failed])
    /// repeat {
    ///     let page = try await client.chains(query)
    ///     for chain in page.items { print(chain.first.typeName, chain.last.lastAttemptError ?? "") }
    ///     query.after = page.next
    /// } while query.after != nil
    /// ```
    ///
    /// - Parameter query: Which chains, and in which order.
    /// - Returns: The ends of the chains, and where to go on.
    /// - Throws: ``InvalidCursorError``, or an error of the database.
    public func chains(_ query: ChainQuery = ChainQuery()) async throws -> Page<ChainEnds> {
        try await read { try $0.chains(query) }
    }

    /// Lists jobs, a page at a time.
    ///
    /// What is created between two pages moves nothing from one to the other.
    ///
    /// - Parameter query: Which jobs, and in which order.
    /// - Returns: The jobs, and where to go on.
    /// - Throws: ``InvalidCursorError``, or an error of the database.
    public func jobs(_ query: JobQuery = JobQuery()) async throws -> Page<JobRow> {
        try await read { try $0.jobs(query) }
    }

    /// Reads what a job waits or waited for.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The chains, in the order in which the job's handler sees them.
    /// - Throws: An error of the database.
    public func blockers(ofJob jobID: JobID) async throws -> [JobBlocker] {
        try await read { try $0.blockers(ofJob: jobID) }
    }

    /// Reads the attempts of a job that did not succeed.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - limit: How many of them at most, the last ones; by default all. A job that asks to be called again for years has
    ///     many.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: An error of the database.
    public func failedAttempts(ofJob jobID: JobID, limit: Int? = nil) async throws -> [AttemptRow] {
        try await read { operations in
            guard let limit else { return try operations.failedAttempts(ofJob: jobID).map(\.asRead) }
            return try operations.failedAttempts(ofJob: jobID, last: max(0, limit)).map(\.asRead)
        }
    }

    /// Counts the jobs that have not ended or have failed, without looking at those that have completed.
    ///
    /// - Returns: The counts of each type that has such jobs, by the type's name.
    /// - Throws: An error of the database.
    public func jobCounts() async throws -> [String: JobCounts] { try await read { try $0.jobCounts() } }

    private func read<R: Sendable>(_ body: @Sendable (Adapter.Operations) throws -> R) async throws -> R {
        try await adapter.withReadConnection { try body(adapter.operations(on: $0)) }
    }
}
