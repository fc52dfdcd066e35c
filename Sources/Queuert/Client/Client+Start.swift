extension Client {
    /// Starts a chain as part of the caller's transaction.
    ///
    /// The chain exists once the transaction commits, and never if it rolls back. Workers are told after the commit.
    ///
    /// ```swift
    /// try await client.withTransaction { db in
    ///     try db.execute("INSERT INTO users (name) VALUES (?)", ["Alice"])
    ///     return try await client.startJobChain(ProvisionAccount.self, input: .init(userID: 1), on: db)
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with. It is stored as JSON.
    ///   - schedule: When the first job is due.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input can't be encoded, ``TransactionRequiredError`` if the connection has no
    ///   transaction open, or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, schedule: Schedule = .now, on connection: isolated Adapter.Connection
    ) async throws -> Chain<Entry> where Entry.Blockers == NoBlockers {
        try start(type, input: input, blockers: (), schedule: schedule, on: connection)
    }

    /// Starts a chain whose first job waits for other chains, as part of the caller's transaction.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with. It is stored as JSON.
    ///   - blockers: The chains that the first job waits for.
    ///   - schedule: When the first job is due, at the earliest.
    ///   - connection: The connection whose transaction is open. Don't keep it beyond the closure.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input can't be encoded, ``ChainNotFoundError`` if a blocker doesn't exist,
    ///   ``TransactionRequiredError`` if the connection has no transaction open, or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, blockers: Entry.Blockers.Chains, schedule: Schedule = .now,
        on connection: isolated Adapter.Connection
    ) async throws -> Chain<Entry> {
        try start(type, input: input, blockers: blockers, schedule: schedule, on: connection)
    }

    /// Starts a chain in a transaction of its own.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with. It is stored as JSON.
    ///   - schedule: When the first job is due.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input can't be encoded, or an error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, schedule: Schedule = .now
    ) async throws -> Chain<Entry> where Entry.Blockers == NoBlockers {
        try await adapter.withTransaction { connection in
            try start(type, input: input, blockers: (), schedule: schedule, on: connection)
        }
    }

    /// Starts a chain whose first job waits for other chains, in a transaction of its own.
    ///
    /// - Parameters:
    ///   - type: The type of the chain's first job.
    ///   - input: What the first job is started with. It is stored as JSON.
    ///   - blockers: The chains that the first job waits for.
    ///   - schedule: When the first job is due, at the earliest.
    /// - Returns: The chain.
    /// - Throws: ``JobDataError`` if the input can't be encoded, ``ChainNotFoundError`` if a blocker doesn't exist, or an
    ///   error of the database.
    @discardableResult
    public func startJobChain<Entry: EntryJobType>(
        _ type: Entry.Type, input: Entry.Input, blockers: Entry.Blockers.Chains, schedule: Schedule = .now
    ) async throws -> Chain<Entry> {
        try await adapter.withTransaction { connection in
            try start(type, input: input, blockers: blockers, schedule: schedule, on: connection)
        }
    }

    private func start<Entry: EntryJobType>(
        _: Entry.Type, input: Entry.Input, blockers: Entry.Blockers.Chains, schedule: Schedule,
        on connection: isolated Adapter.Connection
    ) throws -> Chain<Entry> {
        let effects = try connection.openEffects
        let id = try jobID()
        let successor = Successor(Entry.self, input: input, blockers: blockers, schedule: schedule)
        let place = JobPlace(id: id, chainID: id, chainTypeName: Entry.name, chainIndex: 0)
        let writing = try prepare(successor, at: place, origin: nil)
        do {
            let rows = try adapter.operations(on: connection).insertJobs([writing.job])
            for row in rows { announce(row, writing.trace, in: effects) }
        } catch {
            writing.trace?.rolledBack()
            throw error
        }
        return Chain(id: id)
    }
}

/// Where in which chain a job is created.
struct JobPlace {
    let id: JobID
    let chainID: JobID
    let chainTypeName: String
    let chainIndex: Int
}

/// A job that is ready to be written, and its telemetry.
struct WritingJob: Sendable {
    let job: NewJob
    let trace: (any JobTrace)?
}

extension Client {
    /// Encodes a job and opens its telemetry.
    func prepare(_ successor: Successor, at place: JobPlace, origin: (any AttemptTrace)?) throws -> WritingJob {
        try admit(successor.type)
        if successor.blockers.contains(where: { $0.chainID == place.chainID }) {
            throw ChainWaitsForItselfError(chainID: place.chainID)
        }
        let input = try successor.encodeInput(codec)
        let trace = observability?.jobCreating(
            JobCreating(
                id: place.id, typeName: successor.typeName, chainID: place.chainID, chainTypeName: place.chainTypeName,
                chainIndex: place.chainIndex, schedule: successor.schedule, blockers: successor.blockers, origin: origin
            ))
        let contexts = trace?.blockerContexts ?? []
        let blockers = successor.blockers.enumerated().map { index, blocker in
            NewJob.Blocker(
                chainID: blocker.chainID, chainTypeName: blocker.typeName,
                traceContext: index < contexts.count ? contexts[index] : nil)
        }
        let job = NewJob(
            id: place.id, typeName: successor.typeName, chainID: place.chainID, chainTypeName: place.chainTypeName,
            chainIndex: place.chainIndex, input: input, schedule: successor.schedule, blockers: blockers,
            trace: trace?.columns ?? JobTraceColumns())
        return WritingJob(job: job, trace: trace)
    }

    /// Lets a job's telemetry and wake-up wait for the commit.
    func announce(_ row: JobRow, _ trace: (any JobTrace)?, in effects: TransactionEffects) {
        if let trace {
            effects.add(onCommit: { trace.committed(row) }, onRollback: { trace.rolledBack() })
        }
        if !row.hasOpenBlockers { effects.wake(WakeHint(dueTypes: [row.typeName]), through: hintTarget) }
    }
}
