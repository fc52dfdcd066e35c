import Queuert

extension StateConformance {
    var queryCases: [ConformanceCase] {
        [
            test("what doesn't exist is not found") { scenario in
                let unknown = scenario.makeID()
                try expect(try await scenario.read { try $0.chainEnds(unknown) }, equals: nil, "the chain's ends")
                try expect(try await scenario.read { try $0.jobs(ofChain: unknown) }, equals: [], "the chain's jobs")
                try expect(try await scenario.failedAttempts(unknown), equals: [], "the job's attempts")
                try expect(try await scenario.waitingJobCounts(), equals: [:], "the waiting jobs")
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 5) }
                try expect(expired, equals: [], "the leases that are over")
            },
            test("a chain of one job has it at both ends") { scenario in
                let row = try await scenario.insert(scenario.newJob())[0]
                try await scenario.insert(scenario.newJob())
                let ends = try await scenario.read { try $0.chainEnds(row.chainID) }
                try expect(ends, equals: ChainEnds(first: row, last: row), "the chain's ends")
            },
            test("the ends of a longer chain are its first and its last job") { scenario in
                let first = try await scenario.startClaimed()
                try await scenario.settle(first, .continued(scenario.successor(of: first, "second")))
                let second = try await scenario.claimOnly("second").row
                try await scenario.settle(second, .continued(scenario.successor(of: second, "third")))
                let third = try await scenario.claimOnly("third").row
                try await scenario.settle(third, .completed(output: #"{"a":1}"#))
                let rows = try await scenario.read { try $0.jobs(ofChain: first.chainID) }
                try expect(rows.map(\.typeName), equals: ["job", "second", "third"], "the types of the chain's jobs")
                let ends = try await scenario.read { try $0.chainEnds(first.chainID) }
                try expect(ends, equals: ChainEnds(first: rows[0], last: rows[2]), "the chain's ends")
                try expect(ends?.last.output, equals: #"{"a":1}"#, "the chain's output")
                let byJob = try await scenario.read { try $0.chainEnds(second.id) }
                try expect(byJob, equals: nil, "the ends of what is not a chain")
            },
            test("jobs that wait to run are counted by type: ready, scheduled and blocked ones") { scenario in
                let leased = try await scenario.startClaimed("leased")
                _ = try await scenario.endedChain("ended")
                try await scenario.insert(
                    scenario.newJob("a"), scenario.newJob("a", schedule: .after(.seconds(60))), scenario.newJob("b"),
                    scenario.newJob("c", blockers: [leased.chainID]))
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["a": 2, "b": 1, "c": 1], "the waiting jobs")
            },
        ]
    }
}
