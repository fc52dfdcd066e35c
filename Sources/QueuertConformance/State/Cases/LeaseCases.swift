import Queuert

extension StateConformance {
    var leaseCases: [ConformanceCase] {
        [
            test("a held lease is prolonged from now on") { scenario in
                let row = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(10))
                let renewed = try await scenario.transaction { try $0.renewLeases([row.lease], for: .seconds(30)) }
                try expect(renewed, equals: [row.lease], "the renewed leases")
                var expected = row
                expected.leasedUntil = scenario.now + .seconds(30)
                try expect(try await scenario.row(row.id), equals: expected, "the stored row")
            },
            test("a lease that is over but that nobody took can be prolonged") { scenario in
                let row = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(300))
                let renewed = try await scenario.transaction { try $0.renewLeases([row.lease], for: .seconds(30)) }
                try expect(renewed, equals: [row.lease], "the renewed leases")
            },
            test("leases that are another attempt's, settled or unknown are not prolonged") { scenario in
                let settled = try await scenario.startClaimed()
                try await scenario.settle(settled, .completed(output: "1"))
                let retried = try await scenario.startClaimed()
                try await scenario.settle(retried, .retried(.after(.seconds(60)), error: nil, .failed))
                let held = try await scenario.startClaimed()
                let stale = Lease(jobID: held.id, token: held.leaseToken - 1)
                let unknown = Lease(jobID: scenario.makeID(), token: 1)
                let all = [settled.lease, stale, retried.lease, held.lease, unknown]
                let renewed = try await scenario.transaction { try $0.renewLeases(all, for: .seconds(30)) }
                try expect(renewed, equals: [held.lease], "the renewed leases")
                let none = try await scenario.transaction { try $0.renewLeases([], for: .seconds(30)) }
                try expect(none, equals: [], "the renewed leases of none")
            },
            test("a lease that is over is found, with the attempt that had it") { scenario in
                let blocker = try await scenario.endedChain(output: "7", trace: JobTraceColumns(jobContext: "start"))
                try await scenario.insert(scenario.newJob(blockers: [blocker]))
                let claimed = try await scenario.claimOnly(worker: "dead", lease: .seconds(30))
                scenario.clock.advance(by: .seconds(29))
                let early = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 10) }
                try expect(early.count, equals: 0, "the number of leases that are over")
                scenario.clock.advance(by: .seconds(2))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 10) }
                try expect(expired.map(\.row), equals: [claimed.row], "the jobs whose leases are over")
            },
            test("the context of the attempt before a lost one is known") { scenario in
                try await scenario.insert(scenario.newJob())
                let first = try await scenario.claimOnly().row
                try await scenario.settle(first, .retried(.now, error: "no", .failed), context: "first")
                _ = try await scenario.claimOnly(lease: .seconds(30))
                scenario.clock.advance(by: .seconds(31))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 10) }
                try expect(expired.map(\.previousAttemptContext), equals: ["first"], "the context before")
                try expect(expired.map(\.row.trace.attemptContext), equals: [nil], "the lost attempt's context")
            },
            test("leases that are over are found for the given types, the longest overdue first") { scenario in
                var ids: [JobID] = []
                for seconds in [20, 5, 10] {
                    try await scenario.insert(scenario.newJob())
                    ids.append(try await scenario.claimOnly(lease: .seconds(seconds)).row.id)
                }
                try await scenario.insert(scenario.newJob("other"))
                _ = try await scenario.claimOnly("other", lease: .seconds(1))
                scenario.clock.advance(by: .seconds(60))
                let all = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 10) }
                try expect(all.map(\.row.id), equals: [ids[1], ids[2], ids[0]], "the order of the jobs")
                let two = try await scenario.read { try $0.expiredLeases(typeNames: ["job", "other"], limit: 2) }
                try expect(two.map(\.row.typeName), equals: ["other", "job"], "the two longest overdue")
            },
            test("a lease that was prolonged or settled is not over") { scenario in
                let renewed = try await scenario.startClaimed()
                let settled = try await scenario.startClaimed()
                let retried = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(25))
                _ = try await scenario.transaction { try $0.renewLeases([renewed.lease], for: .seconds(30)) }
                try await scenario.settle(settled, .completed(output: "1"))
                try await scenario.settle(retried, .retried(.now, error: "no", .failed))
                scenario.clock.advance(by: .seconds(25))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 10) }
                try expect(expired.map(\.row.id), equals: [], "the jobs whose leases are over")
            },
        ]
    }
}
