#if GRDB
public import GRDB
public import Queuert

extension Client where Adapter == GRDBStateAdapter {
    /// Completes the job that a chain is at, without a worker, as part of a write of GRDB's.
    ///
    /// The job may be ready, due later, failed, or running, and then the attempt's result doesn't count and its handler is
    /// cancelled.
    ///
    /// ```swift
    /// try dbPool.write { db in
    ///     try approval.insert(db)
    ///     try client.completeJob(Approve.self, of: chain, on: db) { job in .finish(approval.user) }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type of the job that the chain is at.
    ///   - chain: The chain.
    ///   - evenIfBlocked: Whether the job may still wait for other chains; no by default.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    ///   - decide: Is given the job, and decides how the chain goes on; `nil` to leave it as it is.
    /// - Returns: Whether the job was completed.
    /// - Throws: `ChainNotFoundError`; `JobTypeMismatchError` if the chain is at a job of another type;
    ///   `JobStatusError` if the chain has ended or the job is blocked; `JobDataError` if the input can't be decoded,
    ///   or what is decided is refused by its type or can't be encoded; what `decide` throws; `LeaseLostError` if the
    ///   job was ended meanwhile; what starting a chain throws, if it goes on with a job that can't be written;
    ///   `TransactionRequiredError`; or an error of the database.
    @discardableResult
    public func completeJob<Entry: EntryJobType, Kind: JobType>(
        _ type: Kind.Type, of chain: Chain<Entry>, evenIfBlocked: Bool = false, on database: Database,
        _ decide: (JobToComplete<Kind>) throws -> Decision<Kind>?
    ) throws -> Bool where Kind.Output == Entry.Output {
        try write(on: database) { operations, effects in
            try complete(
                type, of: chain.id, evenIfBlocked: evenIfBlocked, with: operations, effects: effects, decide)
        }
    }

    /// Cancels a chain as part of a write of GRDB's: it ends without an output.
    ///
    /// - Parameters:
    ///   - chain: The chain.
    ///   - dependants: What becomes of jobs that wait for it; by default their chains are cancelled too.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The chains that were cancelled, causes before effects; empty if it had ended.
    /// - Throws: `ChainNotFoundError`, `ChainHasDependantsError` if the policy refuses, `TransactionRequiredError`, or an error
    ///   of the database.
    @discardableResult
    public func cancelJobChain<Entry: EntryJobType>(
        _ chain: Chain<Entry>, dependants: DependantPolicy = .cancel, on database: Database
    ) throws -> [JobID] {
        try write(on: database) { operations, effects in
            try cancel([chain.id], dependants: dependants, with: operations, effects: effects)
        }
    }

    /// Deletes chains with all their jobs and records, as part of a write of GRDB's.
    ///
    /// - Parameters:
    ///   - chainIDs: The chains.
    ///   - cascade: Whether the chains that any of their jobs waited for are deleted too, as far as nothing else needs them.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Returns: The chains that were deleted.
    /// - Throws: `ChainHasDependantsError` if a job that has not ended, of a chain that is not deleted, waits or waited for one
    ///   of the named chains; `TransactionRequiredError`; or an error of the database. Then nothing is deleted.
    @discardableResult
    public func deleteJobChains(
        _ chainIDs: [JobID], cascade: Bool = false, on database: Database
    ) throws -> [JobID] {
        try write(on: database) { try delete(chainIDs, cascade: cascade, with: $0, effects: $1) }
    }

    /// Makes jobs due now that are due later, as part of a write of GRDB's: all of them, or none.
    ///
    /// - Parameters:
    ///   - jobIDs: The jobs.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Throws: `JobNotFoundError`, `JobStatusError` for the first that neither is due later nor waits for a worker,
    ///   `TransactionRequiredError`, or an error of the database. Then nothing is changed.
    public func triggerJobs(_ jobIDs: [JobID], on database: Database) throws {
        try write(on: database) { try trigger(jobIDs, with: $0, effects: $1) }
    }

    /// Lets jobs that have used up their attempts be tried again, as part of a write of GRDB's: all of them, or none.
    ///
    /// - Parameters:
    ///   - jobIDs: The jobs.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Throws: `JobNotFoundError`, `JobStatusError` for the first that has not failed, `TransactionRequiredError`, or an error
    ///   of the database. Then nothing is changed.
    public func redriveJobs(_ jobIDs: [JobID], on database: Database) throws {
        try write(on: database) { try redrive(jobIDs, with: $0, effects: $1) }
    }

    /// Pauses a type of job in all processes, as part of a write of GRDB's.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Throws: `TransactionRequiredError`, or an error of the database.
    public func pause<Kind: JobType>(_ type: Kind.Type, on database: Database) throws {
        try write(on: database) { try setPaused(Kind.name, to: true, with: $0, effects: $1) }
    }

    /// Lets workers claim jobs of a type again, as part of a write of GRDB's.
    ///
    /// - Parameters:
    ///   - type: The type.
    ///   - database: The connection whose transaction is open, of the adapter's database.
    /// - Throws: `TransactionRequiredError`, or an error of the database.
    public func resume<Kind: JobType>(_ type: Kind.Type, on database: Database) throws {
        try write(on: database) { try setPaused(Kind.name, to: false, with: $0, effects: $1) }
    }
}
#endif
