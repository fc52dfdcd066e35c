import Queuert

extension StateConformance {
    var cancelCases: [ConformanceCase] {
        let statuses: [JobStatus] = [.ready, .scheduled, .blocked, .failed]
        let waiting = statuses.map { status in
            test("a chain whose last job is \(status) can be cancelled, and yields nothing then") { scenario in
                let row = try require(try await scenario.jobsInEachStatus()[status], "the \(status) job")
                scenario.clock.advance(by: .seconds(1))
                let cancelled = try await scenario.cancel([row.chainID])
                let after = try require(try await scenario.job(row.id), "the job")
                try expect(cancelled, equals: [CancelledChain(row: after)], "what was cancelled")
                try expect(after.status(at: scenario.now), equals: .cancelled, "the status")
                try expect(after.cancelledAt, equals: scenario.now, "the time of the cancellation")
                try expect(after.output, equals: nil, "the output")
                try expect(after.attempt, equals: row.attempt, "the number of attempts")
                try expect(after.lastAttemptError, equals: row.lastAttemptError, "the error of the last attempt")
                let attempts = try await scenario.failedAttempts(row.id)
                try expect(attempts.map(\.outcome), equals: status == .failed ? [.failed] : [], "the record")
                scenario.clock.advance(by: .seconds(600))
                let result = try await scenario.claim([row.typeName])
                try expect(result.jobs.count, equals: 0, "the number of jobs to claim")
                try expect(result.nextDueIn, equals: nil, "the time to the next job")
                let counts = try await scenario.read { try $0.jobCounts() }
                try expect(counts[row.typeName], equals: nil, "the counts of the type")
            }
        }
        return waiting + [
            test("an attempt that runs in a chain that is cancelled loses its lease, and is on record") { scenario in
                let blocker = try await scenario.endedChain(output: "7")
                try await scenario.insert(scenario.newJob(blockers: [blocker]))
                let first = try await scenario.claimOnly()
                try await scenario.settle(first.row, .retried(.now, error: "no", .failed), context: "first")
                let claimed = try await scenario.claimOnly(worker: "w1")
                let startedAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                let cancelled = try await scenario.cancel([claimed.row.chainID])
                try expect(cancelled.map(\.interrupted), equals: [claimed], "the attempt that ran")
                let after = try await scenario.row(claimed.row.id)
                try expect(cancelled.map(\.row), equals: [after], "the row that is returned")
                try expect(after.leasedBy, equals: nil, "the worker")
                try expect(after.leasedUntil, equals: nil, "the end of the lease")
                try expect(after.status(at: scenario.now), equals: .cancelled, "the status")
                let record = AttemptRow(
                    jobID: after.id, attempt: 2, worker: "w1", startedAt: startedAt, endedAt: scenario.now,
                    outcome: .cancelled, error: nil, attemptContext: nil)
                try expect(try await scenario.failedAttempts(after.id).last, equals: record, "the record")
                let late = try await scenario.settle([
                    scenario.settlement(claimed.row, .completed(output: "1")),
                    scenario.settlement(claimed.row, .continued(scenario.successor(of: claimed.row))),
                    scenario.settlement(claimed.row, .failed(error: "late", .failed)),
                    scenario.withoutWorker(claimed.row, .completed(output: "2")),
                ])
                try expect(late.map(\.isLeaseLost), equals: [true, true, true, true], "whether the leases are lost")
                let renewed = try await scenario.transaction {
                    try $0.renewLeases([claimed.row.lease], for: .seconds(30))
                }
                try expect(renewed, equals: [], "the renewed leases")
                scenario.clock.advance(by: .seconds(600))
                let expired = try await scenario.read { try $0.expiredLeases(typeNames: ["job"], limit: 5) }
                try expect(expired, equals: [], "the leases that are over")
                try expect(try await scenario.row(after.id), equals: after, "the stored row")
            },
            test("chains that completed or were cancelled are left as they are") { scenario in
                let completed = try await scenario.endedChain()
                let first = try await scenario.insert(scenario.newJob())[0]
                let cancelled = try await scenario.cancel([first.chainID])[0].row
                scenario.clock.advance(by: .seconds(1))
                let again = try await scenario.cancel([completed, first.chainID])
                try expect(again, equals: [], "what was cancelled")
                try expect(try await scenario.row(first.id), equals: cancelled, "the row of the cancelled job")
                try expect(try await scenario.status(completed), equals: .completed, "the other one's status")
            },
            test("the last job of a longer chain is cancelled, those before it stay continued") { scenario in
                let first = try await scenario.startClaimed()
                let next = scenario.successor(of: first)
                try await scenario.settle(first, .continued(next))
                let cancelled = try await scenario.cancel([first.chainID, first.chainID])
                try expect(cancelled.map(\.row.id), equals: [next.id], "the cancelled jobs")
                try expect(try await scenario.status(first.id), equals: .continued, "the first job's status")
                try expect(try await scenario.claim(["next"]).jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("a chain to cancel that doesn't exist is refused, and nothing is changed") { scenario in
                let first = try await scenario.startClaimed()
                let next = scenario.successor(of: first)
                try await scenario.settle(first, .continued(next))
                for unknown in [scenario.makeID(), next.id] {
                    let missing = try await scenario.transaction { operations -> JobID? in
                        do {
                            _ = try operations.cancelChains([first.chainID, unknown], dependants: .cancel)
                            return nil
                        } catch let error as ChainNotFoundError {
                            return error.chainID
                        }
                    }
                    try expect(missing, equals: unknown, "the chain that the error names")
                }
                _ = try await scenario.claimOnly("next")
                try expect(try await scenario.cancel([]), equals: [], "what was cancelled of none")
            },
            test("a chain that was cancelled frees its deduplication key for chains that look at open ones") {
                scenario in
                let rule = Deduplication(key: "k")
                let row = try await scenario.start(scenario.newJob(deduplication: rule)).row
                try await scenario.cancel([row.chainID])
                try expect(try await !scenario.start(scenario.newJob(deduplication: rule)).isExisting, "one is started")
            },
            test("a cancellation that is rolled back leaves all as it was") { scenario in
                let claimed = try await scenario.startClaimed()
                let waiting = try await scenario.insert(scenario.newJob("next", blockers: [claimed.chainID]))[0]
                try await scenario.rolledBack { operations in
                    let cancelled = try operations.cancelChains([claimed.chainID], dependants: .cancel)
                    try expect(cancelled.count, equals: 2, "the number of cancelled chains")
                }
                try expect(try await scenario.row(claimed.id), equals: claimed, "the stored row")
                try expect(try await scenario.row(waiting.id), equals: waiting, "the row of the job that waits")
                try expect(try await scenario.failedAttempts(claimed.id), equals: [], "the record")
                try await scenario.settle(claimed, .completed(output: "1"))
                _ = try await scenario.claimOnly("next")
            },
            test("of a worker who ends a chain and others who cancel it at the same time one does") { scenario in
                for _ in 0..<10 {
                    let claimed = try await scenario.startClaimed()
                    let settlement = scenario.settlement(claimed, .completed(output: "1"))
                    let isWritten = try await scenario.concurrently(4) { number in
                        if number == 0 { return try await !scenario.settle([settlement])[0].isLeaseLost }
                        return try await !scenario.cancel([claimed.chainID]).isEmpty
                    }
                    try expect(isWritten.count { $0 }, equals: 1, "the number of ends that were written")
                }
            },
        ]
    }
}
