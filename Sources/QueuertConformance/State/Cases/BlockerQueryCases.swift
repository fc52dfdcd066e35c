import Queuert

extension StateConformance {
    var blockerQueryCases: [ConformanceCase] {
        [
            test("what a job waits or waited for is found, in the declared order, with the ends of the chains") {
                scenario in
                let ended = try await scenario.endedChain("ended")
                let running = try await scenario.startClaimed("running")
                let first = try await scenario.startClaimed("continued")
                try await scenario.settle(first, .continued(scenario.successor(of: first)))
                let blockedAt = scenario.now
                let job = scenario.newJob(blockers: [running.chainID, ended, first.chainID])
                try await scenario.insert(job)
                scenario.clock.advance(by: .seconds(2))
                try await scenario.settle(running, .completed(output: "1"))
                let blockers = try await scenario.read { try $0.blockers(ofJob: job.id) }
                var expected: [JobBlocker] = []
                for (id, resolvedAt) in [(running.chainID, scenario.now), (ended, blockedAt), (first.chainID, nil)] {
                    let ends = try require(try await scenario.read { try $0.chainEnds(id) }, "the chain")
                    expected.append(JobBlocker(chain: ends, blockedAt: blockedAt, resolvedAt: resolvedAt))
                }
                try expect(blockers, equals: expected, "the blockers")
            },
            test("a chain that a job waits for twice is found twice") { scenario in
                let running = try await scenario.startClaimed("running")
                let job = scenario.newJob(blockers: [running.chainID, running.chainID])
                try await scenario.insert(job)
                try await scenario.settle(running, .completed(output: "1"))
                let blockers = try await scenario.read { try $0.blockers(ofJob: job.id) }
                try expect(blockers.map(\.chain.first.id), equals: [running.id, running.id], "the chains")
                try expect(blockers.map(\.resolvedAt), equals: [scenario.now, scenario.now], "when they ended")
            },
            test("a job that waits for nothing, and one that doesn't exist, have no blockers") { scenario in
                let row = try await scenario.insert(scenario.newJob())[0]
                let unknown = scenario.makeID()
                try expect(try await scenario.read { try $0.blockers(ofJob: row.id) }, equals: [], "the blockers")
                try expect(try await scenario.read { try $0.blockers(ofJob: unknown) }, equals: [], "the blockers")
            },
            test("the blockers of a job that follows are its own") { scenario in
                let a = try await scenario.endedChain("a")
                let b = try await scenario.endedChain("b")
                try await scenario.insert(scenario.newJob(blockers: [a]))
                let first = try await scenario.claimOnly().row
                let next = scenario.successor(of: first, blockers: [b])
                try await scenario.settle(first, .continued(next))
                let ofFirst = try await scenario.read { try $0.blockers(ofJob: first.id) }
                let ofNext = try await scenario.read { try $0.blockers(ofJob: next.id) }
                try expect(ofFirst.map(\.chain.first.id), equals: [a], "the first job's blockers")
                try expect(ofNext.map(\.chain.first.id), equals: [b], "the second job's blockers")
            },
            test("any job of a chain is found by its identifier") { scenario in
                let first = try await scenario.startClaimed()
                let next = scenario.successor(of: first)
                let successor = try await scenario.settle(first, .continued(next)).successor
                try expect(try await scenario.job(next.id), equals: successor, "the second job")
                try expect(
                    try await scenario.job(first.id), equals: try await scenario.row(first.id), "the first job")
                try expect(try await scenario.job(scenario.makeID()), equals: nil, "a job that doesn't exist")
            },
        ]
    }
}
