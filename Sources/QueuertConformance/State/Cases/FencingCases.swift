import Queuert

extension StateConformance {
    var fencingCases: [ConformanceCase] {
        [
            test("an attempt whose lease is another's changes nothing, however it ends") { scenario in
                let stale = try await scenario.startClaimed()
                let dependant = scenario.newJob("dependant", blockers: [stale.chainID])
                try await scenario.insert(dependant)
                try await scenario.settle(stale, .retried(.now, error: "lost", .lost))
                let current = try await scenario.claimOnly(worker: "another").row
                let next = scenario.successor(of: stale)
                let ends: [Settlement.Outcome] = [
                    .completed(output: "1"), .continued(next), .retried(.now, error: "late", .failed), .released,
                ]
                for end in ends {
                    let results = try await scenario.settle([scenario.settlement(stale, end, context: "late")])
                    try expect(results[0].isLeaseLost, "the lease of an attempt that ends as \(end) is lost")
                }
                let rows = try await scenario.read { try $0.jobs(ofChain: stale.chainID) }
                try expect(rows, equals: [current], "the jobs of the chain")
                try expect(try await scenario.row(dependant.id).hasOpenBlockers, "the dependant is still blocked")
                let errors = try await scenario.failedAttempts(stale.id).map(\.error)
                try expect(errors, equals: ["lost"], "the errors on record")
                try await scenario.settle(current, .completed(output: "2"))
            },
            test("an attempt is settled once") { scenario in
                let completed = try await scenario.startClaimed()
                try await scenario.settle(completed, .completed(output: "1"))
                let again = try await scenario.settle([
                    scenario.settlement(completed, .completed(output: "2")),
                    scenario.settlement(completed, .continued(scenario.successor(of: completed))),
                    scenario.settlement(completed, .released),
                ])
                try expect(again.map(\.isLeaseLost), equals: [true, true, true], "whether the leases are lost")
                let rows = try await scenario.read { try $0.jobs(ofChain: completed.chainID) }
                try expect(rows.map(\.output), equals: ["1"], "the outputs of the chain's jobs")

                let retried = try await scenario.startClaimed()
                let results = try await scenario.settle([
                    scenario.settlement(retried, .retried(.after(.seconds(5)), error: "no", .failed)),
                    scenario.settlement(retried, .completed(output: "3")),
                ])
                try expect(results.map(\.isLeaseLost), equals: [false, true], "whether the leases are lost")
                try expect(try await scenario.row(retried.id).output, equals: nil, "the output")
            },
            test("a lost lease among several leaves the others' settlements whole") { scenario in
                let held = [try await scenario.startClaimed(), try await scenario.startClaimed()]
                let lost = try await scenario.startClaimed()
                var stale = lost
                stale.leaseToken -= 1
                let results = try await scenario.settle([
                    scenario.settlement(held[0], .completed(output: "1")),
                    scenario.settlement(stale, .completed(output: "2")),
                    scenario.settlement(held[1], .continued(scenario.successor(of: held[1]))),
                ])
                try expect(results.map(\.isLeaseLost), equals: [false, true, false], "whether the leases are lost")
                try expect(try await scenario.row(held[0].id).output, equals: "1", "the first one's output")
                try expect(try await scenario.row(lost.id), equals: lost, "the second one's row")
                let rows = try await scenario.read { try $0.jobs(ofChain: held[1].id) }
                try expect(rows.count, equals: 2, "the number of jobs of the third one's chain")
            },
            test("an attempt whose lease is over but that nobody took is settled") { scenario in
                let row = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(3_600))
                try await scenario.settle(row, .completed(output: "1"))
            },
            test("settling a job that doesn't exist is a lost lease") { scenario in
                let row = try await scenario.startClaimed()
                var unknown = row
                unknown.id = scenario.makeID()
                let results = try await scenario.settle([scenario.settlement(unknown, .completed(output: "1"))])
                try expect(results[0].isLeaseLost, "the lease is lost")
            },
            test("of many who settle an attempt at the same time one does") { scenario in
                let row = try await scenario.startClaimed()
                let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<8 {
                        let settlement = scenario.settlement(row, .completed(output: "\(number)"))
                        group.addTask { try await !scenario.settle([settlement])[0].isLeaseLost }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                try expect(winners, equals: 1, "the number of settlements that were written")
            },
        ]
    }
}
