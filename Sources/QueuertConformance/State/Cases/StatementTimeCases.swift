import Queuert

extension StateConformance {
    var statementTimeCases: [ConformanceCase] {
        [
            test("times are those of the statement, not of the transaction's start") { scenario in
                let clock = scenario.clock
                let claimed = try await scenario.startClaimed("claimed")
                let start = scenario.now
                let job = scenario.newJob()
                let scheduled = scenario.newJob("scheduled", schedule: .after(.seconds(5)))
                let request = scenario.request(lease: .seconds(30))
                let settlement = scenario.settlement(claimed, .retried(.after(.seconds(10)), error: "no", .failed))
                let (row, lease, settled) = try await scenario.transaction { operations in
                    _ = try operations.insertJobs([scheduled])
                    try expect(try operations.databaseTime(), equals: start, "the time")
                    clock.advance(by: .seconds(1))
                    try expect(try operations.databaseTime(), equals: start + .seconds(1), "the time a second later")
                    let row = try operations.insertJobs([job])[0].row
                    clock.advance(by: .seconds(1))
                    let lease = try operations.claimJobs(request).jobs[0].row
                    clock.advance(by: .seconds(1))
                    return (row, lease, try operations.settle([settlement])[0].settled())
                }
                try expect(row.createdAt, equals: start + .seconds(1), "the time of the creation")
                try expect(lease.lastAttemptAt, equals: start + .seconds(2), "the time of the attempt")
                try expect(lease.leasedUntil, equals: start + .seconds(32), "the end of the lease")
                try expect(settled.at, equals: start + .seconds(3), "the time of the settlement")
                try expect(settled.scheduledAt, equals: start + .seconds(13), "the due time after a backoff")
                try expect(
                    try await scenario.row(scheduled.id).scheduledAt, equals: start + .seconds(5), "the due time")
            },
            test("a job that becomes due while a transaction is open is due in it") { scenario in
                let clock = scenario.clock
                try await scenario.insert(scenario.newJob(schedule: .after(.seconds(5))))
                let request = scenario.request()
                let counts = try await scenario.transaction { operations in
                    let early = try operations.claimJobs(request).jobs.count
                    clock.advance(by: .seconds(5))
                    return [early, try operations.claimJobs(request).jobs.count]
                }
                try expect(counts, equals: [0, 1], "the numbers of jobs to claim")
            },
            test("what a transaction writes is not read outside before it commits, nor if it is rolled back") {
                scenario in
                let job = scenario.newJob()
                let adapter = scenario.adapter
                let log = Journal()
                let (reads, continuation) = AsyncStream.makeStream(of: Int.self)
                _ = try await expectError(Undo.self, "the transaction") {
                    try await adapter.withTransaction { connection in
                        _ = try adapter.operations(on: connection).insertJobs([job])
                        // Reads of other tasks wait for the transaction, or read what was before it.
                        Task.detached {
                            let rows = try? await scenario.read { try $0.jobs(ofChain: job.id) }
                            continuation.yield(rows?.count ?? -1)
                            continuation.finish()
                            log.add("read")
                        }
                        await log.waitForAWhile(of: "read")
                        throw Undo()
                    }
                }
                var counts: [Int] = []
                for await count in reads { counts.append(count) }
                try expect(counts, equals: [0], "the number of jobs that are read outside")
            },
        ]
    }
}
