import Queuert

extension StateConformance {
    var claimCases: [ConformanceCase] {
        [
            test("jobs are claimed in the order in which they are due, then by identifier") { scenario in
                let late = scenario.newJob(schedule: .after(.seconds(2)))
                let early = scenario.newJob("other", schedule: .after(.seconds(1)))
                let tied = [scenario.newJob(), scenario.newJob("other"), scenario.newJob()]
                try await scenario.insert(late, tied[2], early, tied[1], tied[0])
                scenario.clock.advance(by: .seconds(5))
                let jobs = try await scenario.claim(["job", "other"]).jobs
                let expected = tied.map(\.id) + [early.id, late.id]
                try expect(jobs.map(\.row.id), equals: expected, "the order of the claimed jobs")
            },
            test("only jobs of the requested types are claimed") { scenario in
                try await scenario.insert(scenario.newJob("a"), scenario.newJob("b"), scenario.newJob("c"))
                let jobs = try await scenario.claim(["c", "a", "z"]).jobs
                try expect(jobs.map(\.row.typeName), equals: ["a", "c"], "the types of the claimed jobs")
            },
            test("no more jobs are claimed than requested, and each once") { scenario in
                let jobs = (0..<5).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                var claimed: [[JobID]] = []
                for _ in 0..<4 { claimed.append(try await scenario.claim(limit: 2).jobs.map(\.row.id)) }
                try expect(claimed.map(\.count), equals: [2, 2, 1, 0], "the sizes of the claims")
                try expect(claimed.flatMap { $0 }, equals: jobs.map(\.id), "the claimed jobs")
            },
            test("a claim that finds too little says when the next job is due") { scenario in
                try await scenario.insert(
                    scenario.newJob(schedule: .after(.seconds(90))), scenario.newJob(schedule: .after(.seconds(40))),
                    scenario.newJob("other", schedule: .after(.seconds(5))), scenario.newJob())
                let first = try await scenario.claim()
                try expect(first.jobs.count, equals: 1, "the number of due jobs")
                try expect(first.nextDueIn, equals: .seconds(40), "the time to the next job of these types")
                scenario.clock.advance(by: .seconds(39))
                let second = try await scenario.claim()
                try expect(second.jobs.count, equals: 0, "the number of due jobs")
                try expect(second.nextDueIn, equals: .seconds(1), "the time to the next job")
                scenario.clock.advance(by: .seconds(1))
                try expect(try await scenario.claim().jobs.count, equals: 1, "the number of jobs at the due time")
            },
            test("a claim that finds nothing to wait for says so") { scenario in
                let blocker = try await scenario.startClaimed("first")
                try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))
                _ = try await scenario.startClaimed("leased")
                let result = try await scenario.claim(["job", "first", "leased"])
                try expect(result.jobs.count, equals: 0, "the number of jobs to claim")
                try expect(result.nextDueIn, equals: nil, "the time to the next job")
            },
            test("a claim writes the lease and counts the attempt") { scenario in
                let inserted = try await scenario.insert(scenario.newJob())[0]
                scenario.clock.advance(by: .microseconds(7))
                let claimed = try await scenario.claimOnly(worker: "w1", lease: .seconds(12)).row
                try expect(claimed.leasedBy, equals: "w1", "the worker")
                try expect(claimed.leasedUntil, equals: scenario.now + .seconds(12), "the end of the lease")
                try expect(claimed.attempt, equals: 1, "the attempt")
                try expect(claimed.lastAttemptAt, equals: scenario.now, "the time of the attempt")
                try expect(claimed.leaseToken != inserted.leaseToken, "the claim has a new token")
                try expect(claimed.status(at: scenario.now), equals: .running, "the status")
                try expect(claimed.readyAt, equals: inserted.readyAt, "the time since which it was ready")
                try expect(try await scenario.row(claimed.id), equals: claimed, "the stored row")
            },
            test("each claim of a job has another token") { scenario in
                try await scenario.insert(scenario.newJob())
                var tokens: Set<Int64> = []
                for _ in 0..<4 {
                    let row = try await scenario.claimOnly().row
                    tokens.insert(row.leaseToken)
                    try await scenario.settle(row, .released)
                }
                try expect(tokens.count, equals: 4, "the number of different tokens")
            },
            test("a claim returns the context of the attempt before, and clears it, since it is another's") {
                scenario in
                try await scenario.insert(scenario.newJob())
                let first = try await scenario.claimOnly()
                try expect(first.row.trace.attemptContext, equals: nil, "the context of an attempt that runs")
                try expect(first.previousAttemptContext, equals: nil, "the context of the attempt before the first")
                try await scenario.settle(first.row, .retried(.now, error: "no", .failed), context: "attempt-1")
                try expect(
                    try await scenario.row(first.row.id).trace.attemptContext, equals: "attempt-1",
                    "the stored context")
                let second = try await scenario.claimOnly()
                try expect(second.row.trace.attemptContext, equals: nil, "the context of an attempt that runs")
                try expect(second.previousAttemptContext, equals: "attempt-1", "the context of the attempt before")
                try expect(try await scenario.row(first.row.id), equals: second.row, "the stored row")
            },
            test("jobs that are claimed together are stored as they are returned") { scenario in
                let jobs = (0..<3).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                let claimed = try await scenario.claim(limit: 3).jobs
                try expect(claimed.count, equals: 3, "the number of claimed jobs")
                for job in claimed {
                    let stored = try await scenario.row(job.row.id)
                    try expect(stored, equals: job.row, "the stored row of a claimed job")
                }
            },
            test("a claimed job comes with what it waited for, in the declared order") { scenario in
                let start = JobTraceColumns(chainContext: "chain", jobContext: "start-of-b")
                let a = try await scenario.endedChain("a", output: "[1]")
                let b = try await scenario.startClaimed("b", trace: start)
                let c = try await scenario.startClaimed("c")
                try await scenario.insert(scenario.newJob(blockers: [c.chainID, a, b.chainID]))
                let next = scenario.successor(of: b, "b-next", trace: JobTraceColumns(jobContext: "not the start"))
                try await scenario.settle(b, .continued(next))
                try await scenario.settle(try await scenario.claimOnly("b-next").row, .completed(output: "[2]"))
                try await scenario.settle(c, .completed(output: "[3]"))
                let claimed = try await scenario.claimOnly()
                try expect(
                    claimed.blockers,
                    equals: [
                        ClaimedBlocker(chainID: c.chainID, chainTypeName: "c", output: "[3]", chainStartContext: nil),
                        ClaimedBlocker(chainID: a, chainTypeName: "a", output: "[1]", chainStartContext: nil),
                        ClaimedBlocker(
                            chainID: b.chainID, chainTypeName: "b", output: "[2]", chainStartContext: "start-of-b"),
                    ], "the claimed job's blockers")
            },
            test("jobs that are leased or over are not claimed") { scenario in
                _ = try await scenario.startClaimed()
                let completed = try await scenario.startClaimed()
                try await scenario.settle(completed, .completed(output: "1"))
                let continued = try await scenario.startClaimed()
                try await scenario.settle(continued, .continued(scenario.successor(of: continued, "other")))
                scenario.clock.advance(by: .seconds(3_600))
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("a claim for no types or for no jobs takes nothing") { scenario in
                try await scenario.insert(scenario.newJob())
                try expect(try await scenario.claim([]).jobs.count, equals: 0, "the number of jobs of no types")
                try expect(try await scenario.claim(limit: 0).jobs.count, equals: 0, "the number of no jobs")
                try expect(try await scenario.claim().jobs.count, equals: 1, "the number of jobs that are left")
            },
        ]
    }

    var claimConcurrencyCases: [ConformanceCase] {
        [
            test("claims that are made at the same time share the jobs out") { scenario in
                let jobs = (0..<120).map { _ in scenario.newJob() }
                try await scenario.insert(jobs)
                let claimed = try await withThrowingTaskGroup(of: [JobID].self) { group in
                    for number in 0..<8 {
                        group.addTask {
                            var mine: [JobID] = []
                            while true {
                                let batch = try await scenario.claim(limit: 4, worker: "w\(number)").jobs
                                if batch.isEmpty { return mine }
                                mine += batch.map(\.row.id)
                            }
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                try expect(claimed.count, equals: 120, "the number of claims")
                try expect(Set(claimed), equals: Set(jobs.map(\.id)), "the claimed jobs")
            }
        ]
    }
}
