import Queuert

extension StateConformance {
    /// Where a job gets in line that has waited for other chains.
    var placeInLineCases: [ConformanceCase] {
        [
            test("a job that waited for a chain gets in line when that ends, behind those that are due already") {
                scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = scenario.newJob(blockers: [blocker.chainID])
                try await scenario.insert(waiting)
                scenario.clock.advance(by: .seconds(30))
                let due = scenario.newJob()
                try await scenario.insert(due)
                scenario.clock.advance(by: .seconds(30))
                try await scenario.settle(blocker, .completed(output: "1"))
                scenario.clock.advance(by: .seconds(1))
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: [due.id, waiting.id], "the order of the claimed jobs")
            },
            test("what a job waited for a chain is not what it ages by") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = scenario.newJob(priority: .low, blockers: [blocker.chainID])
                try await scenario.insert(waiting)
                scenario.clock.advance(by: .seconds(3_600))
                let urgent = scenario.newJob(priority: .high)
                try await scenario.insert(urgent)
                scenario.clock.advance(by: .seconds(3_600))
                try await scenario.settle(blocker, .completed(output: "1"))
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: [urgent.id, waiting.id], "the order of the claimed jobs")
            },
            test("a job that is unblocked is due from then on, or later if it was to be") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let now = scenario.newJob(blockers: [blocker.chainID])
                let later = scenario.newJob(schedule: .after(.seconds(50)), blockers: [blocker.chainID])
                let due = scenario.now + .seconds(50)
                try await scenario.insert(now, later)
                scenario.clock.advance(by: .seconds(20))
                let resolved = try await scenario.settle(blocker, .completed(output: "1")).resolved
                try expect(
                    resolved.map(\.scheduledAt), equals: [scenario.now, due], "the due times of the resolved waits")
                try expect(try await scenario.row(now.id).scheduledAt, equals: scenario.now, "the first one's due time")
                try expect(try await scenario.row(later.id).scheduledAt, equals: due, "the other one's due time")
            },
        ]
    }

    /// What becomes of a lease that was over, and is prolonged before somebody has taken the job back.
    var prolongedLeaseCases: [ConformanceCase] {
        [
            test("an attempt whose lease is to be over does not end once that was prolonged, whatever was found before")
            {
                scenario in
                let row = try await scenario.startClaimed()
                let other = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(300))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 10) }
                try expect(expired.count, equals: 2, "the number of leases that are over")
                _ = try await scenario.transaction { try $0.renewLeases([row.lease], for: .seconds(30)) }
                var settlements = [
                    scenario.settlement(row, .retried(.now, error: "worker_lost", .lost)),
                    scenario.settlement(other, .failed(error: "worker_lost", .lost)),
                ]
                for index in settlements.indices { settlements[index].requiresLapsedLease = true }
                let results = try await scenario.settle(settlements)
                try expect(results[0].isLeaseLost, "the attempt whose lease was prolonged goes on")
                _ = try results[1].settled()
                var expected = row
                expected.leasedUntil = scenario.now + .seconds(30)
                try expect(try await scenario.row(row.id), equals: expected, "the stored row")
                try expect(
                    try await scenario.failedAttempts(row.id).count, equals: 0, "the number of its failed attempts")
                try await scenario.settle(row, .completed(output: "1"))
            }
        ]
    }
}
