extension Client {
    /// Reads the jobs of a chain as they are stored.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The jobs, from the first to the last; empty if there is no such chain.
    /// - Throws: An error of the database.
    public func jobs(ofChain chainID: JobID) async throws -> [JobRow] {
        try await adapter.withReadConnection { connection in
            try adapter.operations(on: connection).jobs(ofChain: chainID)
        }
    }

    /// Reads the attempts of a job that did not succeed.
    ///
    /// - Parameter jobID: The job.
    /// - Returns: The attempts, from the first to the last.
    /// - Throws: An error of the database.
    public func failedAttempts(ofJob jobID: JobID) async throws -> [AttemptRow] {
        try await adapter.withReadConnection { connection in
            try adapter.operations(on: connection).failedAttempts(ofJob: jobID)
        }
    }
}
