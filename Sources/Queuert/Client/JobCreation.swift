/// Where in which chain a job is created.
struct JobPlace {
    let id: JobID
    let chainID: JobID
    let chainTypeName: String
    let chainIndex: Int
    /// The priority of the job before it.
    var priority = Priority.normal
}

/// A job that is ready to be written, and its telemetry.
struct WritingJob: Sendable {
    let job: NewJob
    let trace: (any JobTrace)?
}

/// Chains that are ready to be started, and their telemetry.
private struct StartingChains: Sendable {
    var jobs: [WritingJob] = []
    let batch: (any BatchTrace)?

    func refused(_ error: any Error) {
        for job in jobs { job.trace?.refused(error) }
        batch?.refused(error)
    }
}

extension Client {
    /// Writes the first jobs of new chains, in one statement.
    ///
    /// - Returns: What came of each.
    func start(
        _ chains: [Successor], asBatch: Bool = false, origin: (any AttemptTrace)? = nil,
        on connection: isolated Adapter.Connection
    ) throws -> [InsertedJob] {
        try start(
            chains, asBatch: asBatch, origin: origin, with: adapter.operations(on: connection),
            effects: connection.openEffects)
    }

    /// Writes the first jobs of new chains, for whoever has the database's statements at hand without an actor.
    package func start(
        _ chains: [Successor], asBatch: Bool = false, origin: (any AttemptTrace)? = nil,
        with operations: Adapter.Operations, effects: TransactionEffects
    ) throws -> [InsertedJob] {
        if chains.isEmpty { return [] }
        return try write(prepareStart(chains, asBatch: asBatch, origin: origin), with: operations, effects: effects)
    }

    /// Starts chains in a transaction of their own.
    ///
    /// - Returns: What came of each.
    func startAlone(_ chains: [Successor], asBatch: Bool = false) async throws -> [InsertedJob] {
        if chains.isEmpty { return [] }
        // Encoded before, so that others need not wait for it. A body that runs again makes them anew: the telemetry of the
        // first ones has ended with their transaction.
        let prepared = Locked<StartingChains?>(try prepareStart(chains, asBatch: asBatch, origin: nil))
        do {
            return try await withOperation { connection in
                let effects = try connection.openEffects
                let starting =
                    try prepared.withLock { $0.take() } ?? prepareStart(chains, asBatch: asBatch, origin: nil)
                return try write(
                    starting, with: adapter.operations(on: connection), effects: effects, endsWithError: true)
            }
        } catch {
            // The transaction did not begin.
            prepared.withLock { $0.take() }?.refused(error)
            throw error
        }
    }

    /// Encodes the first jobs of chains and opens their telemetry.
    private func prepareStart(
        _ chains: [Successor], asBatch: Bool, origin: (any AttemptTrace)?
    ) throws -> StartingChains {
        var starting = StartingChains(
            batch: asBatch
                ? observability?.batchStarting(BatchStarting(chainTypeNames: chains.map(\.typeName))) : nil)
        starting.jobs.reserveCapacity(chains.count)
        do {
            for chain in chains {
                let id = try jobID(chain.options.id)
                let place = JobPlace(id: id, chainID: id, chainTypeName: chain.typeName, chainIndex: 0)
                starting.jobs.append(try prepare(chain, at: place, origin: origin, batch: starting.batch))
            }
            return starting
        } catch {
            starting.refused(error)
            throw error
        }
    }

    private func write(
        _ starting: StartingChains, with operations: Adapter.Operations, effects: TransactionEffects,
        endsWithError: Bool = false
    ) throws -> [InsertedJob] {
        do {
            return try recording(with: operations, effects: effects, endsWithError: endsWithError) {
                let inserted = try operations.insertJobs(starting.jobs.map(\.job))
                for (job, written) in zip(inserted, starting.jobs) { announce(job, written.trace, in: effects) }
                if let batch = starting.batch {
                    effects.add(onCommit: { batch.committed() }, onRollback: { batch.rolledBack() })
                }
                return inserted
            }
        } catch {
            starting.refused(error)
            throw error
        }
    }

    /// Encodes the job that follows another and opens its telemetry.
    func prepare(_ successor: Successor, after row: JobRow, origin: (any AttemptTrace)?) throws -> WritingJob {
        let place = JobPlace(
            id: try jobID(successor.options.id), chainID: row.chainID, chainTypeName: row.chainTypeName,
            chainIndex: row.chainIndex + 1, priority: row.priority)
        return try prepare(successor, at: place, origin: origin)
    }

    /// Encodes a job and opens its telemetry.
    func prepare(
        _ successor: Successor, at place: JobPlace, origin: (any AttemptTrace)?, batch: (any BatchTrace)? = nil
    ) throws -> WritingJob {
        if let type = successor.type { try admit(type) }
        if successor.blockers.contains(where: { $0.chainID == place.chainID }) {
            throw ChainWaitsForItselfError(chainID: place.chainID)
        }
        let input = try successor.encodeInput(codec)
        let options = successor.options
        let trace = observability?.jobCreating(
            JobCreating(
                id: place.id, typeName: successor.typeName, chainID: place.chainID, chainTypeName: place.chainTypeName,
                chainIndex: place.chainIndex, schedule: options.schedule, blockers: successor.blockers,
                mode: options.trace, origin: origin, batch: batch))
        let contexts = trace?.blockerContexts ?? []
        let blockers = successor.blockers.enumerated().map { index, blocker in
            NewJob.Blocker(
                chainID: blocker.chainID, chainTypeName: blocker.typeName,
                traceContext: index < contexts.count ? contexts[index] : nil)
        }
        let job = NewJob(
            id: place.id, typeName: successor.typeName, chainID: place.chainID, chainTypeName: place.chainTypeName,
            chainIndex: place.chainIndex, input: input, schedule: options.schedule,
            priority: options.priority ?? place.priority, deduplication: options.deduplication, blockers: blockers,
            trace: trace?.columns ?? JobTraceColumns())
        return WritingJob(job: job, trace: trace)
    }

    /// Lets a job's telemetry and wake-up wait for the commit.
    func announce(_ inserted: InsertedJob, _ trace: (any JobTrace)?, in effects: TransactionEffects) {
        let row = inserted.row
        if let trace {
            let isExisting = inserted.isExisting
            effects.add(
                onCommit: { if isExisting { trace.existing(row) } else { trace.committed(row) } },
                onRollback: { trace.rolledBack() })
        }
        if inserted.isExisting || row.hasOpenBlockers { return }
        effects.wake(through: hintTarget) { $0.add(dueJobOf: row.typeName) }
    }
}
