import Queuert

/// An adapter on an empty database, and short ways to call it, each in a transaction of its own.
struct StateScenario<Adapter: StateAdapter>: Sendable {
    let adapter: Adapter
    let clock: ManualClock
    let identifiers: any JobIDGenerator

    init(adapter: Adapter, clock: ManualClock, identifiers: any JobIDGenerator) {
        self.adapter = adapter
        self.clock = clock
        self.identifiers = identifiers
    }

    var now: Timestamp { clock.now }

    /// Runs the adapter's statements in one transaction.
    func transaction<R: Sendable>(_ body: @Sendable (Adapter.Operations) throws -> R) async throws -> R {
        try await adapter.withTransaction { connection in try body(adapter.operations(on: connection)) }
    }

    /// Runs the adapter's statements without a transaction that writes.
    func read<R: Sendable>(_ body: @Sendable (Adapter.Operations) throws -> R) async throws -> R {
        try await adapter.withReadConnection { connection in try body(adapter.operations(on: connection)) }
    }

    // MARK: Jobs

    /// An identifier that sorts after all before it.
    func makeID() -> JobID { identifiers.makeJobID(at: now) }

    /// The first job of a new chain.
    func newJob(
        _ typeName: String = "job", input: String = "1", schedule: Schedule = .now, priority: Priority = .normal,
        deduplication: Deduplication? = nil, blockers: [JobID] = [], trace: JobTraceColumns = JobTraceColumns()
    ) -> NewJob {
        let id = makeID()
        return NewJob(
            id: id, typeName: typeName, chainID: id, chainTypeName: typeName, chainIndex: 0, input: input,
            schedule: schedule, priority: priority, deduplication: deduplication,
            blockers: blockers.map { NewJob.Blocker(chainID: $0) }, trace: trace)
    }

    /// The job that follows another.
    func successor(
        of row: JobRow, _ typeName: String = "next", input: String = "2", schedule: Schedule = .now,
        blockers: [JobID] = [], trace: JobTraceColumns = JobTraceColumns()
    ) -> NewJob {
        NewJob(
            id: makeID(), typeName: typeName, chainID: row.chainID, chainTypeName: row.chainTypeName,
            chainIndex: row.chainIndex + 1, input: input, schedule: schedule,
            blockers: blockers.map { NewJob.Blocker(chainID: $0) }, trace: trace)
    }

    @discardableResult
    func insert(_ jobs: NewJob...) async throws -> [JobRow] { try await insert(jobs) }

    @discardableResult
    func insert(_ jobs: [NewJob]) async throws -> [JobRow] {
        try await transaction { try $0.insertJobs(jobs).map(\.row) }
    }

    /// The job as it is stored.
    func row(_ jobID: JobID, ofChain chainID: JobID? = nil) async throws -> JobRow {
        let rows = try await read { try $0.jobs(ofChain: chainID ?? jobID) }
        return try require(rows.first { $0.id == jobID }, "job \(jobID) in its chain")
    }

    func failedAttempts(_ jobID: JobID) async throws -> [AttemptRow] {
        try await read { try $0.failedAttempts(ofJob: jobID) }
    }

    /// How many jobs wait to run, for each type that has any.
    func waitingJobCounts() async throws -> [String: Int] {
        try await read { try $0.jobCounts() }.mapValues(\.waiting).filter { $0.value > 0 }
    }

    // MARK: Attempts

    func request(
        _ typeNames: [String] = ["job"], limit: Int = 10, worker: String = "worker", lease: Duration = .seconds(30)
    ) -> ClaimRequest {
        ClaimRequest(
            typeNames: typeNames, typesWithBlockers: Set(typeNames), limit: limit, worker: worker,
            leaseDuration: lease)
    }

    func claim(
        _ typeNames: [String] = ["job"], limit: Int = 10, worker: String = "worker", lease: Duration = .seconds(30)
    ) async throws -> ClaimResult {
        let request = request(typeNames, limit: limit, worker: worker, lease: lease)
        return try await transaction { try $0.claimJobs(request) }
    }

    /// Claims one job, which must be the only one that is due.
    func claimOnly(
        _ typeName: String = "job", worker: String = "worker", lease: Duration = .seconds(30)
    ) async throws -> ClaimedJob {
        let jobs = try await claim([typeName], worker: worker, lease: lease).jobs
        try expect(jobs.count, equals: 1, "the number of jobs of type \(typeName) that can be claimed")
        return jobs[0]
    }

    func settlement(
        _ row: JobRow, _ outcome: Settlement.Outcome, worker: String = "worker", context: String? = nil
    ) -> Settlement {
        Settlement(lease: row.lease, chainID: row.chainID, worker: worker, attemptContext: context, outcome: outcome)
    }

    @discardableResult
    func settle(
        _ row: JobRow, _ outcome: Settlement.Outcome, worker: String = "worker", context: String? = nil
    ) async throws -> SettledAttempt {
        let settlement = settlement(row, outcome, worker: worker, context: context)
        return try await settle([settlement])[0].settled()
    }

    func settle(_ settlements: [Settlement]) async throws -> [SettlementResult] {
        let results = try await transaction { try $0.settle(settlements) }
        try expect(results.count, equals: settlements.count, "the number of results of settling")
        return results
    }

    /// Starts a chain of one job that is claimed at once.
    func startClaimed(_ typeName: String = "job", trace: JobTraceColumns = JobTraceColumns()) async throws -> JobRow {
        let job = newJob(typeName, trace: trace)
        try await insert(job)
        return try await claimOnly(typeName).row
    }

    /// Starts a chain of one job and ends it.
    func endedChain(
        _ typeName: String = "ended", output: String = "0", trace: JobTraceColumns = JobTraceColumns()
    ) async throws -> JobID {
        let row = try await startClaimed(typeName, trace: trace)
        try await settle(row, .completed(output: output))
        return row.chainID
    }
}

extension JobRow {
    var lease: Lease { Lease(jobID: id, token: leaseToken) }
}

extension SettlementResult {
    /// The record of the attempt's end; fails if the lease was lost.
    func settled() throws -> SettledAttempt {
        guard case .settled(let settled) = self else {
            throw ConformanceFailure("Expected the attempt to be settled, but its lease was lost.")
        }
        return settled
    }

    var isLeaseLost: Bool {
        if case .leaseLost = self { true } else { false }
    }
}
