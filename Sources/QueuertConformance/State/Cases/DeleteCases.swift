import Queuert

extension StateConformance {
    var deleteCases: [ConformanceCase] {
        [
            test("a chain is deleted with all its jobs and records, and others are left") { scenario in
                let blocker = try await scenario.endedChain("blocker")
                let other = try await scenario.failedJob("other")
                try await scenario.insert(scenario.newJob(blockers: [blocker]))
                let first = try await scenario.claimOnly().row
                try await scenario.settle(first, .retried(.now, error: "no", .failed))
                try await scenario.settle(
                    try await scenario.claimOnly().row, .continued(scenario.successor(of: first)))
                try await scenario.settle(try await scenario.claimOnly("next").row, .completed(output: "1"))
                let ends = try require(try await scenario.read { try $0.chainEnds(first.chainID) }, "the chain")
                let deleted = try await scenario.delete([first.chainID])
                try expect(deleted, equals: [DeletedChain(ends: ends)], "what was deleted")
                try expect(try await scenario.job(first.id), equals: nil, "the first job")
                try expect(try await scenario.job(ends.last.id), equals: nil, "the last job")
                try expect(try await scenario.read { try $0.jobs(ofChain: first.id) }, equals: [], "the chain's jobs")
                try expect(try await scenario.failedAttempts(first.id), equals: [], "the record of its attempts")
                try expect(try await scenario.read { try $0.blockers(ofJob: first.id) }, equals: [], "its blockers")
                let waiting = try await scenario.read { try $0.jobs(JobQuery(waitingForChain: blocker)) }.items
                try expect(waiting, equals: [], "the jobs that waited for its blocker")
                try expect(try await scenario.job(other.id), equals: other, "another chain's job")
                try expect(try await scenario.failedAttempts(other.id).count, equals: 1, "another chain's record")
            },
            test("chains that don't exist are left out, and each is deleted once") { scenario in
                let rows = try await scenario.insert(scenario.newJob(), scenario.newJob())
                let deleted = try await scenario.delete(
                    [rows[1].id, scenario.makeID(), rows[0].id, rows[1].id])
                try expect(Set(deleted.map(\.ends.first.id)), equals: Set(rows.map(\.id)), "the deleted chains")
                try expect(deleted.count, equals: 2, "the number of deleted chains")
                try expect(try await scenario.delete([rows[0].id]), equals: [], "what was deleted again")
                try expect(try await scenario.delete([]), equals: [], "what was deleted of none")
                try expect(try await scenario.waitingJobCounts(), equals: [:], "the waiting jobs")
            },
            test("what is no chain's first job is no chain to delete") { scenario in
                let first = try await scenario.startClaimed()
                let next = scenario.successor(of: first)
                try await scenario.settle(first, .continued(next))
                try expect(try await scenario.delete([next.id]), equals: [], "what was deleted")
                _ = try await scenario.claimOnly("next")
            },
            test("an attempt that runs in a chain that is deleted loses its lease") { scenario in
                let claimed = try await {
                    try await scenario.insert(scenario.newJob())
                    return try await scenario.claimOnly()
                }()
                let deleted = try await scenario.delete([claimed.row.chainID])
                try expect(deleted.map(\.interrupted), equals: [claimed], "the attempt that ran")
                let late = try await scenario.settle([
                    scenario.settlement(claimed.row, .completed(output: "1")),
                    scenario.settlement(claimed.row, .retried(.now, error: "late", .failed)),
                    scenario.withoutWorker(claimed.row, .completed(output: "1")),
                ])
                try expect(late.map(\.isLeaseLost), equals: [true, true, true], "whether the leases are lost")
                let renewed = try await scenario.transaction {
                    try $0.renewLeases([claimed.row.lease], for: .seconds(30))
                }
                try expect(renewed, equals: [], "the renewed leases")
                scenario.clock.advance(by: .seconds(600))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 5) }
                try expect(expired, equals: [], "the leases that are over")
            },
            test("jobs in each status can be deleted, and are counted and claimed no more") { scenario in
                let rows = try await scenario.jobsInEachStatus()
                let deleted = try await scenario.delete(rows.values.map(\.chainID))
                try expect(deleted.count, equals: rows.count, "the number of deleted chains")
                try expect(try await scenario.read { try $0.jobCounts() }, equals: [:], "the counts")
                scenario.clock.advance(by: .seconds(600))
                let result = try await scenario.claim(rows.values.map(\.typeName) + ["next"])
                try expect(result.jobs.count, equals: 0, "the number of jobs to claim")
                try expect(result.nextDueIn, equals: nil, "the time to the next job")
                try expect(try await scenario.read { try $0.jobs(JobQuery()) }.items, equals: [], "the listed jobs")
                try expect(
                    try await scenario.read { try $0.chains(ChainQuery()) }.items, equals: [], "the listed chains")
            },
            test("the identifier of a chain that was deleted is free") { scenario in
                let job = scenario.newJob()
                try await scenario.insert(job)
                try await scenario.delete([job.id])
                try await scenario.insert(job)
                try expect(try await scenario.claimOnly().row.id, equals: job.id, "the claimed job")
            },
            test("a long chain is deleted whole") { scenario in
                var row = try await scenario.startClaimed()
                let chainID = row.chainID
                for _ in 0..<100 {
                    try await scenario.settle(row, .continued(scenario.successor(of: row, "job")))
                    row = try await scenario.claimOnly().row
                }
                try expect(try await scenario.delete([chainID]).count, equals: 1, "the number of deleted chains")
                try expect(try await scenario.job(row.id), equals: nil, "the last job")
                try expect(try await scenario.read { try $0.jobs(ofChain: chainID) }, equals: [], "the chain's jobs")
            },
            test("a deletion that is rolled back brings all back, and all goes on") { scenario in
                let rule = Deduplication(key: "k", scope: .any)
                let blocker = try await scenario.startClaimed("blocker")
                let first = try await scenario.start(
                    scenario.newJob(deduplication: rule, blockers: [blocker.chainID])
                ).row
                let running = try await scenario.startClaimed("running")
                let failed = try await scenario.failedJob("failed")
                let continued = try await scenario.startClaimed("continued")
                try await scenario.settle(continued, .continued(scenario.successor(of: continued)))
                let all = [blocker, first, running, failed, continued].map(\.chainID)
                let before = try await scenario.read { try $0.jobs(JobQuery()).items }
                try await scenario.rolledBack { operations in
                    let deleted = try operations.deleteChains(DeletionRequest(chainIDs: all))
                    try expect(deleted.count, equals: 5, "the number of deleted chains")
                    try expect(try operations.jobs(JobQuery()).items, equals: [], "the jobs in the transaction")
                }
                try expect(try await scenario.read { try $0.jobs(JobQuery()).items }, equals: before, "the jobs")
                try expect(try await scenario.failedAttempts(failed.id).count, equals: 1, "the record")
                let again = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(again.row.id, equals: first.id, "the chain that has the key")
                let settled = try await scenario.settle(blocker, .completed(output: "1"))
                try expect(settled.resolved.map(\.jobID), equals: [first.id], "the jobs that waited")
                try expect(try await scenario.claimOnly().blockers.map(\.output), equals: ["1"], "the blocker's output")
                try await scenario.settle(running, .completed(output: "1"))
                let rows = try await scenario.read { try $0.jobs(ofChain: continued.chainID) }
                try expect(rows.map(\.chainIndex), equals: [0, 1], "the places of a chain's jobs")
            },
        ]
    }
}
