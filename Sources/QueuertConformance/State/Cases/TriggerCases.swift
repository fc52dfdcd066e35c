import Queuert

extension StateConformance {
    var triggerCases: [ConformanceCase] {
        [
            test("a scheduled job that is triggered is due at once") { scenario in
                let row = try await scenario.insert(scenario.newJob(schedule: .after(.seconds(600))))[0]
                scenario.clock.advance(by: .seconds(10))
                var expected = row
                expected.scheduledAt = scenario.now
                try expect(try await scenario.trigger([row.id]), equals: [expected], "the triggered jobs")
                try expect(try await scenario.row(row.id), equals: expected, "the stored row")
                try expect(try await scenario.claimOnly().row.attempt, equals: 1, "the attempt")
            },
            test("a job that waits for its next attempt can be triggered, and its attempts stay counted") { scenario in
                let row = try await scenario.startClaimed()
                try await scenario.settle(row, .retried(.after(.seconds(600)), error: "no", .failed))
                let triggered = try await scenario.trigger([row.id])[0]
                try expect(triggered.scheduledAt, equals: scenario.now, "the due time")
                try expect(triggered.lastAttemptError, equals: "no", "the error of the last attempt")
                try expect(try await scenario.claimOnly().row.attempt, equals: 2, "the next attempt's number")
            },
            test("a job that is due already stays as it is, and keeps its place in line") { scenario in
                let row = try await scenario.insert(scenario.newJob())[0]
                scenario.clock.advance(by: .seconds(10))
                let later = try await scenario.insert(scenario.newJob())[0]
                try expect(try await scenario.trigger([row.id]), equals: [row], "the triggered jobs")
                let claimed = try await scenario.claim().jobs.map(\.row.id)
                try expect(claimed, equals: [row.id, later.id], "the order of the claimed jobs")
            },
            test("several jobs are triggered together, and returned in the order in which they were named") {
                scenario in
                let jobs = (0..<5).map { scenario.newJob("type-\($0)", schedule: .after(.seconds(Int64($0) * 9 + 1))) }
                try await scenario.insert(jobs)
                let order = [3, 1, 4, 0].map { jobs[$0].id }
                try expect(try await scenario.trigger(order).map(\.id), equals: order, "the triggered jobs")
                let claimed = try await scenario.claim((0..<5).map { "type-\($0)" }).jobs.map(\.row.id)
                try expect(Set(claimed), equals: Set(order), "the jobs that are due")
                try expect(try await scenario.trigger([]), equals: [], "the triggered jobs of none")
            },
            test("jobs that are neither scheduled nor ready are refused, the first one named, and nothing is changed") {
                scenario in
                let rows = try await scenario.jobsInEachStatus()
                let scheduled = try require(rows[.scheduled], "the scheduled job")
                for status in JobStatus.allCases where status != .scheduled && status != .ready {
                    let other = try require(rows[status], "the \(status) job")
                    let error = try await expectError(JobStatusError.self, "triggering a \(status) job") {
                        try await scenario.trigger([scheduled.id, other.id, scenario.makeID()])
                    }
                    try expect(
                        error,
                        equals: JobStatusError(jobID: other.id, status: status, expected: [.scheduled, .ready]),
                        "the error")
                    try expect(try await scenario.job(other.id), equals: other, "the row of the \(status) job")
                }
                try expect(try await scenario.job(scheduled.id), equals: scheduled, "the row of the scheduled job")
            },
            test(
                "a job to trigger that doesn't exist is refused, and nothing is changed, even if the transaction goes on"
            ) {
                scenario in
                let row = try await scenario.insert(scenario.newJob(schedule: .after(.seconds(60))))[0]
                let unknown = scenario.makeID()
                let missing = try await scenario.transaction { operations -> JobID? in
                    do {
                        _ = try operations.triggerJobs([row.id, unknown])
                        return nil
                    } catch let error as JobNotFoundError {
                        return error.jobID
                    }
                }
                try expect(missing, equals: unknown, "the job that the error names")
                try expect(try await scenario.row(row.id), equals: row, "the row of the scheduled job")
            },
            test("a job is triggered and claimed at the same time without harm") { scenario in
                for _ in 0..<10 {
                    let row = try await scenario.insert(scenario.newJob(schedule: .after(.seconds(60))))[0]
                    let counts = try await scenario.concurrently(4) { number in
                        if number == 0 {
                            try await scenario.trigger([row.id])
                            return 0
                        }
                        return try await scenario.claim().jobs.count
                    }
                    let rest = try await scenario.claim().jobs.count
                    try expect(counts.reduce(rest, +), equals: 1, "the number of claims")
                }
            },
        ]
    }
}
