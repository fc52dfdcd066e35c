import Testing

@testable import Queuert

/// What can't be brought about through the statements of an adapter.
@Suite("The tables in memory") struct MemoryStoreTests {
    private let clock = ManualClock()

    private func newJob(_ id: String, schedule: Schedule = .now, blockers: [String] = []) -> NewJob {
        let id = JobID(rawValue: id)
        return NewJob(
            id: id, typeName: "job", chainID: id, chainTypeName: "job", chainIndex: 0, input: "1", schedule: schedule,
            blockers: blockers.map { NewJob.Blocker(chainID: JobID(rawValue: $0)) })
    }

    private func claim(_ operations: MemoryStateOperations) throws -> [JobRow] {
        let request = ClaimRequest(typeNames: ["job"], limit: 10, worker: "w", leaseDuration: .seconds(30))
        return try operations.claimJobs(request).jobs.map(\.row)
    }

    @Test("a job that was left blocked by nothing is found and made ready")
    func unblocksStrandedJobs() throws {
        let operations = MemoryStateOperations(clock: clock)
        _ = try operations.insertJobs([newJob("a"), newJob("b")])
        _ = try operations.insertJobs([newJob("stranded", blockers: ["a"]), newJob("blocked", blockers: ["a", "b"])])
        // The chain ends, and nobody resolves the waits for it.
        var row = try #require(operations.row(JobID(rawValue: "a")))
        row.completedAt = clock.now
        row.output = "5"
        operations.store.update(row)
        #expect(try claim(operations).map(\.id.rawValue) == ["b"])
        clock.advance(by: .seconds(1))

        #expect(try operations.hasStrandedJobs())
        let found = try operations.unblockStrandedJobs()
        #expect(found.map(\.id.rawValue) == ["stranded"])
        #expect(found.map(\.readyAt) == [clock.now])
        #expect(try claim(operations).map(\.id.rawValue) == ["stranded"])
        #expect(try operations.unblockStrandedJobs() == [])
        #expect(try !operations.hasStrandedJobs())
        let waits = try operations.blockers(ofJob: JobID(rawValue: "blocked"))
        #expect(waits.map(\.resolvedAt) == [clock.now, nil])
    }

    @Test("jobs wait again for their time if the clock is set back")
    func followsTheClockBack() throws {
        let operations = MemoryStateOperations(clock: clock)
        _ = try operations.insertJobs([newJob("a", schedule: .after(.seconds(60)))])
        clock.advance(by: .seconds(100))
        #expect(try operations.jobCounts()["job"]?.ready == 1)
        clock.advance(by: .seconds(-90))
        #expect(try operations.jobCounts() == ["job": JobCounts(scheduled: 1)])
        #expect(try claim(operations).isEmpty)
        #expect(try operations.nextClaimableIn(typeNames: ["job"]) == .seconds(50))
        clock.advance(by: .seconds(50))
        #expect(try claim(operations).count == 1)
    }

    @Test("a statement that fails in the middle writes nothing, though the transaction goes on")
    func statementsAreWhole() throws {
        let operations = MemoryStateOperations(clock: clock)
        #expect(throws: ChainNotFoundError.self) {
            try operations.insertJobs([newJob("a"), newJob("b", blockers: ["unknown"])])
        }
        #expect(throws: DuplicateJobIDError.self) { try operations.insertJobs([newJob("a"), newJob("a")]) }
        #expect(try operations.jobCounts() == [:])
        #expect(try operations.jobs(JobQuery()).items.isEmpty)
        #expect(operations.store.changeCount == 0)
    }

    @Test("what is undone leaves no trace in any table or index")
    func undoesEverything() throws {
        let operations = MemoryStateOperations(clock: clock)
        var keyed = newJob("a")
        keyed.deduplication = Deduplication(key: "k")
        _ = try operations.insertJobs([keyed, newJob("b", blockers: ["a", "a"])])
        let row = try #require(try claim(operations).first)
        let failed = Settlement(
            lease: Lease(jobID: row.id, token: row.leaseToken), chainID: row.chainID, worker: "w", attemptContext: nil,
            outcome: .failed(error: "no", .failed))
        _ = try operations.settle([failed])
        try operations.setPaused(["job"], to: true)
        _ = try operations.deleteChains(DeletionRequest(chainIDs: ["a", "b"].map(JobID.init(rawValue:))))
        operations.store.undo()
        let store = operations.store
        #expect(store.jobs.isEmpty && store.chains.isEmpty && store.blockers.isEmpty && store.waits.isEmpty)
        #expect(store.attempts.isEmpty && store.deduplication.isEmpty && store.paused.isEmpty)
        #expect(store.indexes.jobs.all.isEmpty && store.indexes.jobs.open.isEmpty && store.indexes.jobs.byType.isEmpty)
        #expect(store.indexes.chains.all.isEmpty && store.indexes.chains.open.isEmpty)
        #expect(store.indexes.types.values.filter { !$0.isEmpty }.isEmpty)
    }
}
