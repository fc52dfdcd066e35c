import Queuert

extension StateConformance {
    var lastSettlementCases: [ConformanceCase] {
        [
            test("the last end of a transaction is as any other, and commits with what came before") { scenario in
                for isAlone in [true, false] {
                    let claimed = try await scenario.startClaimed(trace: JobTraceColumns(jobContext: "start"))
                    let createdAt = claimed.createdAt
                    let dependant = scenario.newJob("dependant", blockers: [claimed.chainID])
                    try await scenario.insert(dependant)
                    let other = scenario.newJob("other")
                    scenario.clock.advance(by: .seconds(3))
                    let settlement = scenario.settlement(claimed, .completed(output: "1"), context: "attempt")
                    let settled = try await scenario.transaction { operations in
                        if !isAlone { _ = try operations.insertJobs([other]) }
                        return try operations.settleLast([settlement])
                    }[0].settled()
                    try expect(settled.at, equals: scenario.now, "the time of the settlement")
                    try expect(
                        settled.chainStart, equals: ChainStart(createdAt: createdAt, context: "start"),
                        "the chain's start")
                    try expect(settled.resolved.map(\.jobID), equals: [dependant.id], "the jobs that waited")
                    try expect(settled.resolved.map(\.unblocksJob), equals: [true], "whether they may run")
                    let row = try await scenario.row(claimed.id)
                    try expect(row.output, equals: "1", "the output")
                    try expect(row.trace.attemptContext, equals: "attempt", "the attempt's context")
                    try expect(try await scenario.status(dependant.id), equals: .ready, "the status of who waited")
                    try expect((try await scenario.job(other.id)) != nil, equals: !isAlone, "whether the other exists")
                }
            },
            test("the last end of a transaction may be any end, of any number") { scenario in
                let rows = [
                    try await scenario.startClaimed(), try await scenario.startClaimed(),
                    try await scenario.startClaimed(),
                ]
                let next = scenario.successor(of: rows[0])
                let continued = scenario.settlement(rows[0], .continued(next))
                let others = [
                    scenario.settlement(rows[1], .completed(output: "1")), scenario.settlement(rows[2], .released),
                ]
                let first = try await scenario.transaction { try $0.settleLast([continued]) }[0].settled()
                try expect(first.successor?.id, equals: next.id, "the job that follows")
                let results = try await scenario.transaction { try $0.settleLast(others) }
                try expect(results.map(\.isLeaseLost), equals: [false, false], "whether the leases are lost")
                let statuses = [
                    try await scenario.status(rows[0].id), try await scenario.status(rows[1].id),
                    try await scenario.status(rows[2].id),
                ]
                try expect(statuses, equals: [.continued, .completed, .ready], "the jobs' statuses")
            },
            test("the last end of a transaction commits nothing if its lease is lost") { scenario in
                for isAlone in [true, false] {
                    let claimed = try await scenario.startClaimed()
                    var stale = claimed
                    stale.leaseToken -= 1
                    let other = scenario.newJob("other")
                    let settlement = scenario.settlement(stale, .completed(output: "1"))
                    try await scenario.rolledBack { operations in
                        if !isAlone { _ = try operations.insertJobs([other]) }
                        let results = try operations.settleLast([settlement])
                        try expect(results.map(\.isLeaseLost), equals: [true], "whether the lease is lost")
                    }
                    try expect(try await scenario.row(claimed.id), equals: claimed, "the job")
                    try expect(try await scenario.job(other.id), equals: nil, "what was started before")
                    try await scenario.settle(claimed, .completed(output: "2"))
                }
            },
        ]
    }
}
