import Queuert

extension StateConformance {
    var unblockingCases: [ConformanceCase] {
        [
            test("the end of a chain tells of each wait that it resolves") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let other = try await scenario.startClaimed("other")
                var waiting = scenario.newJob(
                    "waiting", schedule: .after(.seconds(50)), blockers: [],
                    trace: JobTraceColumns(jobContext: "job-context"))
                waiting.blockers = [
                    NewJob.Blocker(chainID: other.chainID, traceContext: "await-other"),
                    NewJob.Blocker(chainID: blocker.chainID, traceContext: "await-blocker"),
                ]
                let blockedAt = scenario.now
                try await scenario.insert(waiting)
                scenario.clock.advance(by: .seconds(3))
                let settled = try await scenario.settle(blocker, .completed(output: "1"))
                var expected = ResolvedBlocker(
                    jobID: waiting.id, jobTypeName: "waiting", jobChainID: waiting.id, jobContext: "job-context",
                    awaitContext: "await-blocker", ordinal: 1, blockedAt: blockedAt, unblocksJob: false,
                    scheduledAt: blockedAt + .seconds(50))
                try expect(settled.resolved, equals: [expected], "the resolved waits")
                let last = try await scenario.settle(other, .completed(output: "1"))
                expected.awaitContext = "await-other"
                expected.ordinal = 0
                expected.unblocksJob = true
                try expect(last.resolved, equals: [expected], "the resolved waits")
            },
            test("a job with two blockers is ready when the second one ends") { scenario in
                let blockers = [try await scenario.startClaimed("a"), try await scenario.startClaimed("b")]
                let job = scenario.newJob(blockers: blockers.map(\.chainID))
                try await scenario.insert(job)
                scenario.clock.advance(by: .seconds(1))
                try await scenario.settle(blockers[1], .completed(output: "1"))
                let half = try await scenario.row(job.id)
                try expect(half.hasOpenBlockers, "the job is blocked by the other one")
                try expect(half.readyAt, equals: nil, "the time since which the job is ready")
                scenario.clock.advance(by: .seconds(1))
                try await scenario.settle(blockers[0], .completed(output: "1"))
                let row = try await scenario.row(job.id)
                try expect(!row.hasOpenBlockers, "the job is not blocked")
                try expect(row.readyAt, equals: scenario.now, "the time since which the job is ready")
                _ = try await scenario.claimOnly()
            },
            test("two blockers that are settled in one call make the job ready") { scenario in
                let blockers = [try await scenario.startClaimed("a"), try await scenario.startClaimed("b")]
                try await scenario.insert(scenario.newJob(blockers: blockers.map(\.chainID)))
                let results = try await scenario.settle(
                    blockers.map { scenario.settlement($0, .completed(output: "1")) })
                let resolved = try results.map { try $0.settled().resolved }
                try expect(resolved.map(\.count), equals: [1, 1], "the number of waits that each resolves")
                let unblocks = resolved.flatMap { $0.map(\.unblocksJob) }
                try expect(unblocks.filter { $0 }.count, equals: 1, "the number of times the job is unblocked")
                _ = try await scenario.claimOnly()
            },
            test("one chain's end makes all jobs ready that wait for nothing else") { scenario in
                let blocker = try await scenario.startClaimed("a")
                let other = try await scenario.insert(scenario.newJob("b"))[0]
                let ready = (0..<3).map { _ in scenario.newJob(blockers: [blocker.chainID]) }
                let blocked = scenario.newJob(blockers: [blocker.chainID, other.chainID])
                try await scenario.insert(ready + [blocked])
                let settled = try await scenario.settle(blocker, .completed(output: "1"))
                try expect(
                    Set(settled.resolved.map(\.jobID)), equals: Set((ready + [blocked]).map(\.id)),
                    "the jobs that waited")
                try expect(
                    Set(settled.resolved.filter(\.unblocksJob).map(\.jobID)), equals: Set(ready.map(\.id)),
                    "the jobs that are unblocked")
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: ready.map(\.id), "the claimed jobs")
            },
            test("a scheduled job that is unblocked early waits for its time") { scenario in
                let blocker = try await scenario.startClaimed("a")
                let due = scenario.now + .seconds(60)
                try await scenario.insert(scenario.newJob(schedule: .at(due), blockers: [blocker.chainID]))
                scenario.clock.advance(by: .seconds(10))
                try await scenario.settle(blocker, .completed(output: "1"))
                let result = try await scenario.claim()
                try expect(result.jobs.count, equals: 0, "the number of jobs before the due time")
                try expect(result.nextDueIn, equals: .seconds(50), "the time to the next job")
            },
            test("a continuation resolves nothing, the chain's end does") { scenario in
                let first = try await scenario.startClaimed("a")
                let job = scenario.newJob(blockers: [first.chainID])
                try await scenario.insert(job)
                let settled = try await scenario.settle(first, .continued(scenario.successor(of: first)))
                try expect(settled.resolved, equals: [], "the resolved waits")
                try expect(try await scenario.row(job.id).hasOpenBlockers, "the job is blocked")
                let last = try await scenario.settle(
                    try await scenario.claimOnly("next").row, .completed(output: "1"))
                try expect(last.resolved.map(\.jobID), equals: [job.id], "the jobs that waited")
                _ = try await scenario.claimOnly()
            },
            test("a failed attempt resolves nothing") { scenario in
                let blocker = try await scenario.startClaimed("a")
                let job = scenario.newJob(blockers: [blocker.chainID])
                try await scenario.insert(job)
                let settled = try await scenario.settle(blocker, .retried(.now, error: "no", .failed))
                try expect(settled.resolved, equals: [], "the resolved waits")
                try expect(try await scenario.row(job.id).hasOpenBlockers, "the job is blocked")
            },
        ]
    }

    var unblockingRaceCases: [ConformanceCase] {
        [
            test("blockers that finish at the same moment, in transactions of their own, strand no job") { scenario in
                for round in 0..<20 {
                    let blockers = [
                        try await scenario.startClaimed("a"), try await scenario.startClaimed("b"),
                        try await scenario.startClaimed("c"),
                    ]
                    let job = scenario.newJob(blockers: blockers.map(\.chainID))
                    try await scenario.insert(job)
                    let unblocks = try await withThrowingTaskGroup(of: Int.self) { group in
                        for blocker in blockers {
                            group.addTask {
                                let settled = try await scenario.settle(blocker, .completed(output: "1"))
                                return settled.resolved.filter(\.unblocksJob).count
                            }
                        }
                        return try await group.reduce(0, +)
                    }
                    try expect(unblocks, equals: 1, "the number of times the job is unblocked (round \(round))")
                    try await scenario.settle(try await scenario.claimOnly().row, .completed(output: "1"))
                }
            },
            test("a blocker that finishes while its dependant is being written strands no job") { scenario in
                for round in 0..<20 {
                    let blocker = try await scenario.startClaimed("a")
                    let job = scenario.newJob(blockers: [blocker.chainID])
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask { try await scenario.insert(job) }
                        group.addTask { try await scenario.settle(blocker, .completed(output: "\(round)")) }
                        try await group.waitForAll()
                    }
                    let claimed = try await scenario.claimOnly()
                    try expect(claimed.blockers.map(\.output), equals: ["\(round)"], "the blocker's output")
                    try await scenario.settle(claimed.row, .completed(output: "1"))
                }
            },
        ]
    }
}
