import Queuert

/// Something that can be read, and compared with what was read before.
private struct Look: Sendable {
    typealias Found = any Hashable & Sendable
    let name: String
    /// What else may be found while the transaction is open.
    let meanwhile: (any Hashable & Sendable)?
    let read: @Sendable (any StateOperations, ReadIsolationJobs) throws -> Found

    init(
        _ name: String, orMeanwhile meanwhile: (any Hashable & Sendable)? = nil,
        _ read: @escaping @Sendable (any StateOperations, ReadIsolationJobs) throws -> Found
    ) {
        self.name = name
        self.meanwhile = meanwhile
        self.read = read
    }
}

/// What a transaction changes while others look.
private struct ReadIsolationJobs: Sendable {
    let running: JobRow
    let waiting: JobRow
    let lost: JobRow
    let deleted: JobRow
    /// What a job that the transaction starts waits for, and that job.
    let awaited: JobRow
    let dependant: NewJob
}

extension StateConformance {
    private var looks: [Look] {
        [
            Look("a job") { try $0.job($1.running.id) },
            Look("the ends of a chain") { try $0.chainEnds($1.running.chainID) },
            Look("the jobs of a chain") { try $0.jobs(ofChain: $1.running.chainID) },
            Look("the failed attempts of a job") { try $0.failedAttempts(ofJob: $1.lost.id) },
            Look("what a job waits for") { try $0.blockers(ofJob: $1.waiting.id) },
            Look("what a new job waits for") { try $0.blockers(ofJob: $1.dependant.id) },
            Look("a list of the jobs that wait for a chain") {
                try $0.jobs(JobQuery(waitingForChain: $1.awaited.chainID)).items
            },
            Look("a job that is deleted") { try $0.job($1.deleted.id) },
            Look("the jobs of a chain that is deleted") { try $0.jobs(ofChain: $1.deleted.chainID) },
            Look("a list of chains") { operations, _ in try operations.chains(ChainQuery()).items },
            Look("a list of jobs") { operations, _ in try operations.jobs(JobQuery()).items },
            Look("a list of jobs by status") { operations, _ in
                try operations.jobs(JobQuery(statuses: [.ready, .running])).items
            },
            Look("the numbers of jobs") { operations, _ in try operations.jobCounts() },
            Look("the paused types") { operations, _ in try operations.pausedTypes() },
            Look("when the next job is due") { operations, _ in try operations.nextClaimableIn(typeNames: ["new"]) },
            // Those that a transaction is just ending may be left out.
            Look("the leases that are over", orMeanwhile: [JobRow]()) { operations, _ in
                try operations.expiredLeases(typeNames: ["lost"], limit: 10).map(\.row)
            },
        ]
    }

    private static func areEqual(_ left: Look.Found, _ right: Look.Found) -> Bool {
        AnyHashable(left) == AnyHashable(right)
    }

    var readIsolationCases: [ConformanceCase] {
        looks.map { look in
            test("\(look.name) is read as a transaction wrote it inside, and outside once that is committed") {
                scenario in
                let lost = try await scenario.startClaimed("lost")
                scenario.clock.advance(by: .seconds(60))
                let running = try await scenario.startClaimed("running")
                let waiting = try await scenario.insert(scenario.newJob("waiting", blockers: [running.chainID]))[0]
                let deleted = try await scenario.insert(scenario.newJob("deleted"))[0]
                let awaited = try await scenario.insert(scenario.newJob("awaited"))[0]
                let dependant = scenario.newJob("dependant", blockers: [awaited.chainID])
                let jobs = ReadIsolationJobs(
                    running: running, waiting: waiting, lost: lost, deleted: deleted, awaited: awaited,
                    dependant: dependant)
                let new = scenario.newJob("new")
                let settlements = [
                    scenario.settlement(running, .completed(output: "1")),
                    scenario.settlement(lost, .retried(.after(.seconds(90)), error: "no", .lost)),
                ]
                let change: @Sendable (any StateOperations) throws -> Look.Found = { operations in
                    _ = try operations.insertJobs([new, dependant])
                    _ = try operations.settle(settlements)
                    try operations.setPaused(["other"], to: true)
                    _ = try operations.deleteChains(DeletionRequest(chainIDs: [deleted.chainID]))
                    return try look.read(operations, jobs)
                }
                let outside: @Sendable () async throws -> Look.Found = {
                    try await scenario.read { try look.read($0, jobs) }
                }
                let before = try await outside()
                let log = Journal()
                let (reads, continuation) = AsyncStream.makeStream(of: Look.Found.self)
                let adapter = scenario.adapter
                _ = try await expectError(Undo.self, "the transaction") {
                    try await adapter.withTransaction { connection in
                        let inside = try change(adapter.operations(on: connection))
                        try expect(!Self.areEqual(inside, before), "a transaction reads what it wrote")
                        // Reads of other tasks wait for the transaction, or read what was before it.
                        Task.detached {
                            continuation.yield((try? await outside()) ?? "nothing")
                            continuation.finish()
                            log.add("read")
                        }
                        await log.waitForAWhile(of: "read")
                        throw Undo()
                    }
                }
                for await during in reads {
                    let isMeanwhile = look.meanwhile.map { Self.areEqual(during, $0) } ?? false
                    try expect(
                        isMeanwhile || Self.areEqual(during, before),
                        "a read outside meanwhile finds what was before")
                }
                let after = try await outside()
                try expect(Self.areEqual(after, before), "a read after the rollback finds what was before")
                let inside = try await scenario.transaction { try change($0) }
                let committed = try await outside()
                try expect(Self.areEqual(committed, inside), "a read after the commit finds what the transaction read")
            }
        }
    }
}
