import Queuert

extension StateConformance {
    var strandedCases: [ConformanceCase] {
        [
            test("a look for stranded jobs finds none, and leaves blocked ones blocked") { scenario in
                let rows = try await scenario.jobsInEachStatus()
                let failed = try require(rows[.failed], "the failed job").chainID
                let onFailed = try await scenario.insert(scenario.newJob(blockers: [failed]))[0]
                let found = try await scenario.transaction { try $0.unblockStrandedJobs() }
                try expect(found, equals: [], "the stranded jobs")
                let isFound = try await scenario.read { try $0.hasStrandedJobs() }
                try expect(!isFound, "a look without writing finds none")
                for row in rows.values { try expect(try await scenario.job(row.id), equals: row, "the stored row") }
                try expect(try await scenario.row(onFailed.id), equals: onFailed, "the row of a blocked job")
            },
            test("whatever happens at the same time, no job is stranded") { scenario in
                for round in 0..<10 {
                    let blockers = [
                        try await scenario.startClaimed("a"), try await scenario.startClaimed("b"),
                        try await scenario.startClaimed("c"),
                    ]
                    let ids = blockers.map(\.chainID)
                    let jobs = (0..<3).map { _ in scenario.newJob(blockers: ids) }
                    try await scenario.insert(jobs[0])
                    _ = try await scenario.concurrently(6) { number in
                        switch number {
                        case 0..<2: try await scenario.settle(blockers[number], .completed(output: "1"))
                        case 2:
                            try await scenario.settle(
                                blockers[2], .continued(scenario.successor(of: blockers[2], "c-next")))
                        case 3: try await scenario.completeWithoutWorker(jobs[0], .completed(output: "1"))
                        default: try await scenario.insert(jobs[number - 3])
                        }
                    }
                    try await scenario.settle(try await scenario.claimOnly("c-next").row, .completed(output: "1"))
                    let found = try await scenario.transaction { try $0.unblockStrandedJobs() }
                    try expect(found, equals: [], "the stranded jobs (round \(round))")
                    let ready = try await scenario.claim().jobs.map(\.row)
                    try expect(Set(ready.map(\.id)), equals: [jobs[1].id, jobs[2].id], "the jobs that are ready")
                    for row in ready { try await scenario.settle(row, .completed(output: "1")) }
                }
            },
        ]
    }
}

extension StateScenario {
    fileprivate func completeWithoutWorker(_ job: NewJob, _ outcome: Settlement.Outcome) async throws {
        try await transaction { operations in
            let last = try require(try operations.lockedLastJob(ofChain: job.chainID), "the last job").row
            _ = try operations.settle([withoutWorker(last, outcome)])
        }
    }
}
