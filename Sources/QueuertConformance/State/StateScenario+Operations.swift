import Queuert

/// What a case throws to have a transaction rolled back.
struct Undo: Error, Equatable { var reason = "" }

extension StateScenario {
    /// Runs the adapter's statements in a transaction that is rolled back.
    func rolledBack(_ body: @Sendable (Adapter.Operations) throws -> Void) async throws {
        _ = try await expectError(Undo.self, "the transaction") {
            try await transaction { operations in
                try body(operations)
                throw Undo()
            }
        }
    }

    /// Runs bodies at the same time.
    ///
    /// - Returns: What each came to, in no order.
    func concurrently<R: Sendable>(
        _ count: Int, _ body: @escaping @Sendable (Int) async throws -> R
    ) async throws -> [R] {
        try await withThrowingTaskGroup(of: R.self) { group in
            for number in 0..<count { group.addTask { try await body(number) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    // MARK: Jobs

    /// Starts a chain, if none that exists does as well.
    @discardableResult
    func start(_ job: NewJob) async throws -> InsertedJob { try await transaction { try $0.insertJobs([job]) }[0] }

    func job(_ jobID: JobID) async throws -> JobRow? { try await read { try $0.job(jobID) } }

    func status(_ jobID: JobID) async throws -> JobStatus {
        try require(try await job(jobID), "job \(jobID)").status(at: now)
    }

    /// One job in each status, by status; the types of the jobs are named after them.
    func jobsInEachStatus() async throws -> [JobStatus: JobRow] {
        let running = try await startClaimed("running")
        let continued = try await startClaimed("continued")
        try await settle(continued, .continued(successor(of: continued)))
        let cancelled = try await insert(newJob("cancelled"))[0]
        try await cancel([cancelled.chainID])
        var ids: [JobStatus: JobID] = [.running: running.id, .continued: continued.id, .cancelled: cancelled.id]
        ids[.completed] = try await endedChain("completed")
        ids[.failed] = try await failedJob("failed").id
        ids[.blocked] = try await insert(newJob("blocked", blockers: [running.chainID]))[0].id
        ids[.scheduled] = try await insert(newJob("scheduled", schedule: .after(.seconds(60))))[0].id
        ids[.ready] = try await insert(newJob("ready"))[0].id
        var rows: [JobStatus: JobRow] = [:]
        for (status, id) in ids { rows[status] = try require(try await job(id), "the \(status) job") }
        return rows
    }

    /// Starts a chain of one job, which fails.
    func failedJob(_ typeName: String = "job", error: String? = "no") async throws -> JobRow {
        let row = try await startClaimed(typeName)
        try await settle(row, .failed(error: error, .failed))
        return try await self.row(row.id)
    }

    // MARK: Operations

    @discardableResult
    func completeWithoutWorker(_ row: JobRow, _ outcome: Settlement.Outcome) async throws -> SettledAttempt {
        try await settle([withoutWorker(row, outcome)])[0].settled()
    }

    func withoutWorker(_ row: JobRow, _ outcome: Settlement.Outcome) -> Settlement {
        Settlement(lease: row.lease, chainID: row.chainID, worker: nil, attemptContext: nil, outcome: outcome)
    }

    @discardableResult
    func trigger(_ jobIDs: [JobID]) async throws -> [JobRow] { try await transaction { try $0.triggerJobs(jobIDs) } }

    @discardableResult
    func redrive(_ jobIDs: [JobID]) async throws -> [JobRow] { try await transaction { try $0.redriveJobs(jobIDs) } }

    @discardableResult
    func cancel(_ chainIDs: [JobID], dependants: DependantPolicy = .cancel) async throws -> [CancelledChain] {
        try await transaction { try $0.cancelChains(chainIDs, dependants: dependants) }
    }

    @discardableResult
    func delete(_ chainIDs: [JobID], cascade: Bool = false) async throws -> [DeletedChain] {
        try await transaction { try $0.deleteChains(DeletionRequest(chainIDs: chainIDs, cascade: cascade)) }
    }

    /// Tells what keeps chains from being deleted.
    func deletionError(_ chainIDs: [JobID], cascade: Bool = false) async throws -> ChainHasDependantsError {
        try await expectError(ChainHasDependantsError.self, "deleting what is needed") {
            try await delete(chainIDs, cascade: cascade)
        }
    }

    func setPaused(_ typeNames: [String], to isPaused: Bool = true) async throws {
        try await transaction { try $0.setPaused(typeNames, to: isPaused) }
    }

    func nextClaimableIn(_ typeNames: [String] = ["job"]) async throws -> Duration? {
        try await read { try $0.nextClaimableIn(typeNames: typeNames) }
    }

    /// The chains that still exist.
    func existing(_ chainIDs: [JobID]) async throws -> [JobID] {
        let page = try await read { try $0.chains(ChainQuery(chainIDs: chainIDs, order: .oldestFirst, limit: 1_000)) }
        return page.items.map(\.first.id)
    }
}
