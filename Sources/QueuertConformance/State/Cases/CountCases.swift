import Queuert

extension StateConformance {
    var countCases: [ConformanceCase] {
        [
            test("jobs that have not ended or have failed are counted, by type and by what they do") { scenario in
                let running = try await scenario.startClaimed("a")
                _ = try await scenario.failedJob("a")
                _ = try await scenario.failedJob("b")
                _ = try await scenario.endedChain("a")
                _ = try await scenario.endedChain("ended")
                let cancelled = try await scenario.insert(scenario.newJob("a"))[0]
                try await scenario.cancel([cancelled.chainID])
                let continued = try await scenario.startClaimed("continued")
                try await scenario.settle(continued, .continued(scenario.successor(of: continued, "a")))
                let oldest = scenario.now
                scenario.clock.advance(by: .seconds(5))
                try await scenario.insert(
                    scenario.newJob("a"), scenario.newJob("a", schedule: .after(.seconds(60))),
                    scenario.newJob("a", blockers: [running.chainID]),
                    scenario.newJob("a", blockers: [running.chainID]),
                    scenario.newJob("b", schedule: .after(.seconds(9))))
                let counts = try await scenario.read { try $0.jobCounts() }
                let a = JobCounts(ready: 2, scheduled: 1, blocked: 2, running: 1, failed: 1, oldestReadyAt: oldest)
                try expect(counts["a"], equals: a, "the counts of one type")
                try expect(counts["b"], equals: JobCounts(scheduled: 1, failed: 1), "the counts of another")
                try expect(counts.count, equals: 2, "the number of types that are counted")
                try expect(a.waiting, equals: 5, "the number of jobs that wait to run")
            },
            test("a scheduled job counts as ready from the moment at which it is due") { scenario in
                let due = scenario.now + .seconds(60)
                try await scenario.insert(scenario.newJob(schedule: .at(due)))
                scenario.clock.advance(by: .seconds(59))
                try expect(
                    try await scenario.read { try $0.jobCounts() }, equals: ["job": JobCounts(scheduled: 1)],
                    "the counts")
                scenario.clock.advance(by: .seconds(1))
                try expect(
                    try await scenario.read { try $0.jobCounts() },
                    equals: ["job": JobCounts(ready: 1, oldestReadyAt: due)], "the counts")
                scenario.clock.advance(by: .seconds(100))
                try expect(
                    try await scenario.read { try $0.jobCounts() },
                    equals: ["job": JobCounts(ready: 1, oldestReadyAt: due)], "the counts")
            },
            test("the oldest ready job is the one that was due first, whatever its priority") { scenario in
                let oldest = scenario.now
                try await scenario.insert(scenario.newJob(priority: .low))
                scenario.clock.advance(by: .seconds(1))
                try await scenario.insert(scenario.newJob(priority: .high), scenario.newJob())
                let counts = try await scenario.read { try $0.jobCounts() }
                try expect(counts["job"]?.oldestReadyAt, equals: oldest, "when the first ready job was due")
                try await scenario.setPaused(["job"])
                let paused = try await scenario.read { try $0.jobCounts() }
                try expect(paused["job"]?.ready, equals: 3, "the number of ready jobs of a paused type")
            },
            test("running jobs whose lease is over are counted, until they are taken back") { scenario in
                func overdue() async throws -> Int? {
                    try await scenario.read { try $0.jobCounts()["job"] }?.overdue
                }
                let row = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(30))
                try expect(try await overdue(), equals: 0, "the number of jobs whose lease is over, when it ends")
                scenario.clock.advance(by: .seconds(1))
                try expect(try await overdue(), equals: 1, "the number of jobs whose lease is over")
                try await scenario.settle(row, .retried(.now, error: "no", .lost))
                try expect(try await overdue(), equals: 0, "the number of jobs that were taken back")
            },
            test("the counts follow a job through its life, also when it is undone") { scenario in
                func counts() async throws -> JobCounts? { try await scenario.read { try $0.jobCounts()["job"] } }
                let now = scenario.now
                let ready = JobCounts(ready: 1, oldestReadyAt: now)
                try await scenario.insert(scenario.newJob())
                try expect(try await counts(), equals: ready, "the counts of a ready job")
                let request = scenario.request()
                try await scenario.rolledBack { _ = try $0.claimJobs(request) }
                try expect(try await counts(), equals: ready, "the counts after a claim that was undone")
                let row = try await scenario.claimOnly().row
                try expect(try await counts(), equals: JobCounts(running: 1), "the counts of a running job")
                let settlement = scenario.settlement(row, .completed(output: "1"))
                try await scenario.rolledBack { _ = try $0.settle([settlement]) }
                try expect(try await counts(), equals: JobCounts(running: 1), "the counts after an end that was undone")
                try await scenario.settle(row, .failed(error: nil, .failed))
                try expect(try await counts(), equals: JobCounts(failed: 1), "the counts of a failed job")
                try await scenario.redrive([row.id])
                try expect(try await counts(), equals: ready, "the counts of a redriven job")
                try await scenario.settle(try await scenario.claimOnly().row, .released)
                try expect(try await counts(), equals: ready, "the counts of a job that was given back")
                _ = try await scenario.settle([settlement])
                try await scenario.settle(try await scenario.claimOnly().row, .completed(output: "1"))
                try expect(try await counts(), equals: nil, "the counts of a completed job")
            },
        ]
    }
}
