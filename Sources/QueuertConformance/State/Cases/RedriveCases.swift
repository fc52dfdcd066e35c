import Queuert

extension StateConformance {
    var redriveCases: [ConformanceCase] {
        [
            test("a failed job that is redriven is due, as if it had never been tried") { scenario in
                let first = try await scenario.startClaimed()
                try await scenario.settle(first, .retried(.now, error: "1", .failed))
                try await scenario.settle(try await scenario.claimOnly().row, .failed(error: "2", .failed))
                let failed = try await scenario.row(first.id)
                scenario.clock.advance(by: .seconds(100))
                let redriven = try await scenario.redrive([first.id])
                var expected = failed
                expected.failedAt = nil
                expected.attempt = 0
                expected.scheduledAt = scenario.now
                expected.readyAt = scenario.now
                try expect(redriven, equals: [expected], "the redriven jobs")
                try expect(try await scenario.row(first.id), equals: expected, "the stored row")
                try expect(expected.status(at: scenario.now), equals: .ready, "the status")
                try expect(expected.lastAttemptError, equals: "2", "the error of the last attempt")
                let again = try await scenario.claimOnly().row
                try expect(again.attempt, equals: 1, "the next attempt's number")
                try expect(again.leaseToken > failed.leaseToken, "the claim has a new token")
                try await scenario.settle(again, .retried(.now, error: "3", .failed))
                let errors = try await scenario.failedAttempts(first.id).map(\.error)
                try expect(errors, equals: ["1", "2", "3"], "the errors on record")
            },
            test("a job that is redriven and completes unblocks what waits for its chain") { scenario in
                let failed = try await scenario.failedJob("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [failed.chainID]))[0]
                try await scenario.redrive([failed.id])
                let settled = try await scenario.settle(
                    try await scenario.claimOnly("blocker").row, .completed(output: "1"))
                try expect(settled.resolved.map(\.jobID), equals: [waiting.id], "the jobs that waited")
                try expect(try await scenario.claimOnly().row.id, equals: waiting.id, "the job that is unblocked")
                let row = try await scenario.row(failed.id)
                try expect(row.failedAt, equals: nil, "the time of the failure")
                try expect(row.lastAttemptError, equals: nil, "the error")
            },
            test("a chain that is redriven goes on beside the one that has taken its key meanwhile, which keeps it") {
                scenario in
                let rule = Deduplication(key: "k")
                let old = try await scenario.start(scenario.newJob(deduplication: rule)).row
                try await scenario.settle(try await scenario.claimOnly().row, .failed(error: "no", .failed))
                let new = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(!new.isExisting, "a chain is started instead of the one that failed")
                try await scenario.redrive([old.id])
                let third = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(third.row.id, equals: new.row.id, "the chain that has the key")
                let claimed = Set(try await scenario.claim().jobs.map(\.row.id))
                try expect(claimed, equals: [old.id, new.row.id], "the chains that go on")
            },
            test("a chain that is redriven has its key as before, if nobody has taken it") { scenario in
                let rule = Deduplication(key: "k")
                let chain = try await scenario.start(scenario.newJob(deduplication: rule)).row
                try await scenario.settle(try await scenario.claimOnly().row, .failed(error: "no", .failed))
                try await scenario.redrive([chain.id])
                let again = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(again.row.id, equals: chain.id, "the chain that has the key")
            },
            test("several jobs are redriven together, and returned in the order in which they were named") { scenario in
                var failed: [JobID] = []
                for _ in 0..<4 { failed.append(try await scenario.failedJob().id) }
                let order = [2, 0, 3, 1].map { failed[$0] }
                try expect(try await scenario.redrive(order).map(\.id), equals: order, "the redriven jobs")
                try expect(try await scenario.claim().jobs.count, equals: 4, "the number of jobs to claim")
                try expect(try await scenario.redrive([]), equals: [], "the redriven jobs of none")
            },
            test("jobs that have not failed are refused, the first one named, and nothing is changed") { scenario in
                let rows = try await scenario.jobsInEachStatus()
                let failed = try require(rows[.failed], "the failed job")
                for status in JobStatus.allCases where status != .failed {
                    let other = try require(rows[status], "the \(status) job")
                    let error = try await expectError(JobStatusError.self, "redriving a \(status) job") {
                        try await scenario.redrive([failed.id, other.id, scenario.makeID()])
                    }
                    try expect(
                        error, equals: JobStatusError(jobID: other.id, status: status, expected: [.failed]), "the error"
                    )
                    try expect(try await scenario.job(other.id), equals: other, "the row of the \(status) job")
                }
                try expect(try await scenario.job(failed.id), equals: failed, "the row of the failed job")
            },
            test("a job that doesn't exist is refused, and nothing is changed, even if the transaction goes on") {
                scenario in
                let failed = try await scenario.failedJob()
                let unknown = scenario.makeID()
                let missing = try await scenario.transaction { operations -> JobID? in
                    do {
                        _ = try operations.redriveJobs([failed.id, unknown])
                        return nil
                    } catch let error as JobNotFoundError {
                        return error.jobID
                    }
                }
                try expect(missing, equals: unknown, "the job that the error names")
                try expect(try await scenario.row(failed.id), equals: failed, "the row of the failed job")
            },
            test("a redrive that is rolled back leaves the job failed") { scenario in
                let failed = try await scenario.failedJob()
                try await scenario.rolledBack { _ = try $0.redriveJobs([failed.id]) }
                try expect(try await scenario.row(failed.id), equals: failed, "the stored row")
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("of many who redrive a job at the same time one does") { scenario in
                let failed = try await scenario.failedJob()
                let redriven = try await scenario.concurrently(6) { _ in
                    await Result { try await scenario.redrive([failed.id]) }
                }
                try expect(redriven.count { (try? $0.get()) != nil }, equals: 1, "the number of redrives")
                _ = try await scenario.claimOnly()
            },
        ]
    }
}
