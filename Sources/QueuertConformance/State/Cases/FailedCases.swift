import Queuert

extension StateConformance {
    var failedCases: [ConformanceCase] {
        [
            test("a job that has failed keeps its error, is on record, and is not tried again by itself") { scenario in
                let claimed = try await scenario.startClaimed()
                let startedAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                let settled = try await scenario.settle(
                    claimed, .failed(error: "because", .failed), context: "attempt")
                try expect(settled.at, equals: scenario.now, "the time of the settlement")
                try expect(settled.scheduledAt, equals: nil, "the time at which the job is due again")
                try expect(settled.chainStart, equals: nil, "the start of the chain, which has not ended")
                var expected = claimed
                expected.failedAt = scenario.now
                expected.lastAttemptError = "because"
                expected.leasedBy = nil
                expected.leasedUntil = nil
                expected.trace.attemptContext = "attempt"
                try expect(try await scenario.row(claimed.id), equals: expected, "the stored row")
                try expect(expected.status(at: scenario.now), equals: .failed, "the status")
                let record = AttemptRow(
                    jobID: claimed.id, attempt: 1, worker: "worker", startedAt: startedAt, endedAt: scenario.now,
                    outcome: .failed, error: "because", attemptContext: "attempt")
                try expect(try await scenario.failedAttempts(claimed.id), equals: [record], "the record")
                scenario.clock.advance(by: .seconds(1_000_000))
                let result = try await scenario.claim()
                try expect(result.jobs.count, equals: 0, "the number of jobs to claim")
                try expect(result.nextDueIn, equals: nil, "the time to the next job")
            },
            test("a job may fail because its worker was lost, and without an error") { scenario in
                let claimed = try await scenario.startClaimed()
                try await scenario.settle(claimed, .failed(error: nil, .lost))
                let attempts = try await scenario.failedAttempts(claimed.id)
                try expect(attempts.map(\.outcome), equals: [.lost], "how the attempt ended")
                try expect(attempts.map(\.error), equals: [nil], "the error on record")
                try expect(try await scenario.status(claimed.id), equals: .failed, "the status")
            },
            test("the attempts before the last are on record too") { scenario in
                let first = try await scenario.startClaimed()
                try await scenario.settle(first, .retried(.now, error: "1", .failed))
                try await scenario.settle(try await scenario.claimOnly().row, .failed(error: "2", .failed))
                let attempts = try await scenario.failedAttempts(first.id)
                try expect(attempts.map(\.attempt), equals: [1, 2], "the attempts' numbers")
                try expect(attempts.map(\.error), equals: ["1", "2"], "the errors on record")
            },
            test("a job that waits for a chain that has failed stays blocked, written before or after") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let before = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                let settled = try await scenario.settle(blocker, .failed(error: "no", .failed))
                try expect(settled.resolved, equals: [], "the resolved waits")
                let after = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try expect(after.hasOpenBlockers, "the new job is blocked")
                try expect(try await scenario.status(before.id), equals: .blocked, "the status of the other one")
            },
            test("an attempt that has failed is over for its worker") { scenario in
                let claimed = try await scenario.startClaimed()
                try await scenario.settle(claimed, .failed(error: "no", .failed))
                let late = try await scenario.settle([scenario.settlement(claimed, .completed(output: "1"))])
                try expect(late[0].isLeaseLost, "the lease is lost")
                let renewed = try await scenario.transaction { try $0.renewLeases([claimed.lease], for: .seconds(9)) }
                try expect(renewed, equals: [], "the renewed leases")
                try expect(try await scenario.status(claimed.id), equals: .failed, "the status")
            },
            test("a failure that is rolled back leaves the attempt running") { scenario in
                let claimed = try await scenario.startClaimed()
                let settlement = scenario.settlement(claimed, .failed(error: "no", .failed))
                try await scenario.rolledBack { _ = try $0.settle([settlement]) }
                try expect(try await scenario.row(claimed.id), equals: claimed, "the stored row")
                try expect(try await scenario.failedAttempts(claimed.id), equals: [], "the record")
                try await scenario.settle(claimed, .completed(output: "1"))
            },
        ]
    }
}
