import Queuert

extension StateConformance {
    var retryCases: [ConformanceCase] {
        let outcomes: [AttemptOutcome] = [.failed, .rescheduled, .lost]
        let retries = outcomes.map { outcome in
            test("an attempt that ends as \(outcome) is tried again when it is due, and is on record") { scenario in
                let claimed = try await scenario.startClaimed()
                let startedAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                let settled = try await scenario.settle(
                    claimed, .retried(.after(.seconds(10)), error: "because", outcome), worker: "another",
                    context: "attempt")
                try expect(settled.at, equals: scenario.now, "the time of the settlement")
                try expect(settled.scheduledAt, equals: scenario.now + .seconds(10), "the due time")
                var expected = claimed
                expected.scheduledAt = scenario.now + .seconds(10)
                expected.readyAt = scenario.now
                expected.lastAttemptError = "because"
                expected.leasedBy = nil
                expected.leasedUntil = nil
                expected.trace.attemptContext = "attempt"
                try expect(try await scenario.row(claimed.id), equals: expected, "the stored row")
                let record = AttemptRow(
                    jobID: claimed.id, attempt: 1, worker: "worker", startedAt: startedAt, endedAt: scenario.now,
                    outcome: outcome, error: "because", attemptContext: "attempt")
                try expect(try await scenario.failedAttempts(claimed.id), equals: [record], "the record")
                let early = try await scenario.claim()
                try expect(early.jobs.count, equals: 0, "the number of jobs before the due time")
                try expect(early.nextDueIn, equals: .seconds(10), "the time to the next job")
                scenario.clock.advance(by: .seconds(10))
                let again = try await scenario.claimOnly().row
                try expect(again.attempt, equals: 2, "the next attempt's number")
            }
        }
        return retries + [
            test("an attempt may be tried again without an error, at a moment") { scenario in
                let claimed = try await scenario.startClaimed()
                let moment = scenario.now + .seconds(7)
                try await scenario.settle(claimed, .retried(.at(moment), error: nil, .rescheduled))
                let row = try await scenario.row(claimed.id)
                try expect(row.scheduledAt, equals: moment, "the due time")
                try expect(row.lastAttemptError, equals: nil, "the error")
                try expect(try await scenario.failedAttempts(row.id).map(\.error), equals: [nil], "the record's error")
            },
            test("an attempt that is tried again at a moment in the past is due now") { scenario in
                let claimed = try await scenario.startClaimed()
                scenario.clock.advance(by: .seconds(9))
                try await scenario.settle(
                    claimed, .retried(.at(scenario.now + .seconds(-60)), error: "no", .failed))
                try expect(try await scenario.row(claimed.id).scheduledAt, equals: scenario.now, "the due time")
            },
            test("a job that is given back is due at once, and the attempt does not count") { scenario in
                let first = try await scenario.startClaimed()
                try await scenario.settle(first, .retried(.now, error: "no", .failed))
                let second = try await scenario.claimOnly().row
                let claimedAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                try await scenario.settle(second, .released, context: "attempt")
                let row = try await scenario.row(first.id)
                try expect(row.attempt, equals: 1, "the number of attempts")
                try expect(row.scheduledAt, equals: second.scheduledAt, "the due time")
                try expect(row.readyAt, equals: scenario.now, "the time since which it is ready")
                try expect(row.lastAttemptError, equals: "no", "the error of the attempt before")
                try expect(row.leasedBy, equals: nil, "the worker")
                try expect(row.leasedUntil, equals: nil, "the end of the lease")
                let record = AttemptRow(
                    jobID: row.id, attempt: 2, worker: "worker", startedAt: claimedAt, endedAt: scenario.now,
                    outcome: .released, error: nil, attemptContext: "attempt")
                try expect(try await scenario.failedAttempts(row.id).last, equals: record, "the record")
                try expect(try await scenario.claimOnly().row.attempt, equals: 2, "the next attempt's number")
            },
            test("the attempts of a job are on record in order, also several of one number") { scenario in
                try await scenario.insert(scenario.newJob())
                let ends: [Settlement.Outcome] = [
                    .released, .released, .retried(.now, error: "a", .failed), .released,
                    .retried(.now, error: "b", .lost), .retried(.now, error: nil, .rescheduled),
                ]
                var id: JobID?
                for end in ends {
                    let row = try await scenario.claimOnly().row
                    id = row.id
                    scenario.clock.advance(by: .seconds(1))
                    try await scenario.settle(row, end)
                }
                let attempts = try await scenario.failedAttempts(try require(id, "a job"))
                try expect(attempts.map(\.attempt), equals: [1, 1, 1, 2, 2, 3], "the attempts' numbers")
                try expect(
                    attempts.map(\.outcome),
                    equals: [.released, .released, .failed, .released, .lost, .rescheduled], "how the attempts ended")
                try expect(attempts.map(\.error), equals: [nil, nil, "a", nil, "b", nil], "the attempts' errors")
                for count in [0, 1, 4, 100] {
                    let last = try await scenario.read { operations in
                        try operations.failedAttempts(ofJob: attempts[0].jobID, last: count)
                    }
                    try expect(last, equals: Array(attempts.suffix(count)), "the last \(count)")
                }
            },
            test("failures are counted back to an attempt that was rescheduled, those left out that were given back") {
                scenario in
                let ends: [Settlement.Outcome] = [
                    .retried(.now, error: "a", .failed), .retried(.now, error: "b", .rescheduled),
                    .retried(.now, error: "c", .failed), .released, .retried(.now, error: "d", .lost),
                    .retried(.now, error: "e", .failed), .released,
                ]
                let first = try await scenario.insert(scenario.newJob())[0].id
                for end in ends {
                    let row = try await scenario.claimOnly(lease: .seconds(1)).row
                    scenario.clock.advance(by: .seconds(2))
                    try await scenario.settle(row, end)
                }
                let second = try await scenario.insert(scenario.newJob("other"))[0].id
                try await scenario.settle(
                    try await scenario.claimOnly("other").row, .retried(.now, error: "f", .rescheduled))
                let unknown = scenario.makeID()
                for (count, failures) in [(1, 1), (2, 2), (3, 3), (4, 3), (100, 3)] {
                    let found = try await scenario.read { operations in
                        try operations.failures(inLastAttempts: [first: count, second: count, unknown: count])
                    }
                    try expect(
                        found.filter { $0.value > 0 }, equals: [first: failures], "failures in the last \(count)")
                }
            },
        ]
    }
}
