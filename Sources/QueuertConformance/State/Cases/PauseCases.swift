import Queuert

extension StateConformance {
    var pauseCases: [ConformanceCase] {
        [
            test("jobs of a paused type are not claimed, those of others are") { scenario in
                try await scenario.insert(scenario.newJob("a", priority: .high), scenario.newJob("b"))
                try await scenario.setPaused(["a"])
                try expect(try await scenario.claim(["a", "b"]).jobs.map(\.row.typeName), equals: ["b"], "the claims")
                try expect(
                    try await scenario.claim(["a"]).jobs.count, equals: 0, "the number of jobs of the paused type")
                try await scenario.setPaused(["a"], to: false)
                try expect(try await scenario.claim(["a", "b"]).jobs.map(\.row.typeName), equals: ["a"], "the claims")
            },
            test("paused types don't count for when the next job is due") { scenario in
                try await scenario.insert(
                    scenario.newJob("a"), scenario.newJob("b", schedule: .after(.seconds(5))),
                    scenario.newJob("c", schedule: .after(.seconds(9))))
                try await scenario.setPaused(["a", "b"])
                try expect(
                    try await scenario.nextClaimableIn(["a", "b", "c"]), equals: .seconds(9), "the time to the next job"
                )
                try expect(
                    try await scenario.claim(["a", "b", "c"]).nextDueIn, equals: .seconds(9), "the time to the next job"
                )
                try expect(
                    try await scenario.nextClaimableIn(["a", "b"]), equals: nil, "the time to a paused type's job")
                try await scenario.setPaused(["a"], to: false)
                try expect(try await scenario.nextClaimableIn(["a", "b"]), equals: .zero, "the time to the next job")
            },
            test("attempts of a paused type go on: their leases are prolonged, and they end") { scenario in
                let rows = [
                    try await scenario.startClaimed(), try await scenario.startClaimed(),
                    try await scenario.startClaimed(),
                ]
                try await scenario.setPaused(["job"])
                let renewed = try await scenario.transaction {
                    try $0.renewLeases(rows.map(\.lease), for: .seconds(30))
                }
                try expect(renewed.count, equals: 3, "the number of renewed leases")
                try await scenario.settle(rows[0], .completed(output: "1"))
                try await scenario.settle(rows[1], .retried(.now, error: "no", .failed))
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
                scenario.clock.advance(by: .seconds(60))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 5) }
                try expect(expired.map(\.row.id), equals: [rows[2].id], "the jobs whose leases are over")
                try await scenario.setPaused(["job"], to: false)
                try expect(try await scenario.claimOnly().row.id, equals: rows[1].id, "the job to claim")
            },
            test("paused types are known, with the time since when") { scenario in
                try expect(try await scenario.read { try $0.pausedTypes() }, equals: [:], "the paused types")
                let first = scenario.now
                try await scenario.setPaused(["a", "b"])
                scenario.clock.advance(by: .seconds(5))
                try await scenario.setPaused(["b", "c"])
                try expect(
                    try await scenario.read { try $0.pausedTypes() },
                    equals: ["a": first, "b": first, "c": scenario.now], "the paused types")
                try await scenario.setPaused(["a", "c", "never paused"], to: false)
                try expect(try await scenario.read { try $0.pausedTypes() }, equals: ["b": first], "the paused types")
                try await scenario.setPaused([])
                try expect(try await scenario.read { try $0.pausedTypes() }, equals: ["b": first], "the paused types")
            },
            test("chains of a paused type are started, triggered and counted") { scenario in
                try await scenario.setPaused(["job"])
                let row = try await scenario.insert(scenario.newJob(schedule: .after(.seconds(60))))[0]
                try await scenario.trigger([row.id])
                let counts = try await scenario.read { try $0.jobCounts() }
                try expect(counts["job"]?.ready, equals: 1, "the number of ready jobs")
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("a pause that is rolled back is none") { scenario in
                try await scenario.insert(scenario.newJob())
                try await scenario.rolledBack { try $0.setPaused(["job"], to: true) }
                try expect(try await scenario.read { try $0.pausedTypes() }, equals: [:], "the paused types")
                _ = try await scenario.claimOnly()
                try await scenario.setPaused(["job"])
                try await scenario.rolledBack { try $0.setPaused(["job"], to: false) }
                try await scenario.insert(scenario.newJob())
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
        ]
    }
}
