import Queuert

extension StateConformance {
    var transactionCases: [ConformanceCase] {
        [
            test("a transaction returns what its body returns, and commits") { scenario in
                let job = scenario.newJob()
                let count = try await scenario.transaction { try $0.insertJobs([job]).count }
                try expect(count, equals: 1, "what the transaction returns")
                try expect(try await scenario.row(job.id).id, equals: job.id, "the stored job")
            },
            test("a transaction whose body throws rethrows it and writes nothing") { scenario in
                let job = scenario.newJob()
                let error = try await expectError(Undo.self, "a transaction whose body throws") {
                    try await scenario.transaction { operations in
                        _ = try operations.insertJobs([job])
                        throw Undo(reason: "mine")
                    }
                }
                try expect(error, equals: Undo(reason: "mine"), "the error")
                try expect(try await scenario.read { try $0.jobs(ofChain: job.id) }, equals: [], "the stored jobs")
            },
            test("a rolled back claim leaves the job as it was") { scenario in
                let row = try await scenario.insert(scenario.newJob())[0]
                let request = scenario.request()
                _ = try await expectError(Undo.self, "the transaction") {
                    try await scenario.transaction { operations in
                        try expect(try operations.claimJobs(request).jobs.count, equals: 1, "the claimed jobs")
                        throw Undo()
                    }
                }
                try expect(try await scenario.row(row.id), equals: row, "the stored row")
                try expect(try await scenario.claimOnly().row.attempt, equals: 1, "the attempt")
            },
            test("a rolled back settlement undoes the job, its successor, the unblocking and the record") { scenario in
                let ended = try await scenario.startClaimed("ended")
                let continued = try await scenario.startClaimed("continued")
                let failed = try await scenario.startClaimed("failed")
                let dependant = try await scenario.insert(scenario.newJob(blockers: [ended.chainID]))[0]
                let settlements = [
                    scenario.settlement(ended, .completed(output: "1")),
                    scenario.settlement(continued, .continued(scenario.successor(of: continued))),
                    scenario.settlement(failed, .retried(.now, error: "no", .failed)),
                ]
                _ = try await expectError(Undo.self, "the transaction") {
                    try await scenario.transaction { operations in
                        _ = try operations.settle(settlements)
                        throw Undo()
                    }
                }
                try expect(try await scenario.row(ended.id), equals: ended, "the row of the job that ended")
                let chain = try await scenario.read { try $0.jobs(ofChain: continued.id) }
                try expect(chain, equals: [continued], "the chain of the job that continued")
                try expect(try await scenario.row(failed.id), equals: failed, "the row of the job that failed")
                try expect(try await scenario.failedAttempts(failed.id), equals: [], "the record of the failed attempt")
                try expect(try await scenario.row(dependant.id), equals: dependant, "the row of the dependant")
                let results = try await scenario.settle(settlements)
                try expect(results.map(\.isLeaseLost), equals: [false, false, false], "whether the leases are lost")
                _ = try await scenario.claimOnly()
            },
            test("what is read inside a transaction sees its writes") { scenario in
                let job = scenario.newJob()
                let adapter = scenario.adapter
                let rows = try await adapter.withTransaction { connection in
                    _ = try adapter.operations(on: connection).insertJobs([job])
                    return try await adapter.withReadConnection { reader in
                        try adapter.operations(on: reader).jobs(ofChain: job.id)
                    }
                }
                try expect(rows.map(\.id), equals: [job.id], "the jobs that are read")
            },
            test("effects run after the commit, once and in order, and not those of a rollback") { scenario in
                let log = Journal()
                let job = scenario.newJob()
                let adapter = scenario.adapter
                try await adapter.withTransaction { connection in
                    let effects = try require(connection.effects, "effects while a transaction is open")
                    effects.add(onCommit: { log.add("first") }, onRollback: { log.add("undone") })
                    effects.add(onCommit: { log.add("second") })
                    _ = try adapter.operations(on: connection).insertJobs([job])
                    log.add("body")
                }
                try expect(log.events, equals: ["body", "first", "second"], "what happened")
            },
            test("effects of a rollback run after it, and not those of a commit") { scenario in
                let log = Journal()
                let adapter = scenario.adapter
                _ = try await expectError(Undo.self, "the transaction") {
                    try await adapter.withTransaction { connection in
                        let effects = try require(connection.effects, "effects while a transaction is open")
                        effects.add(onCommit: { log.add("done") }, onRollback: { log.add("undone") })
                        log.add("body")
                        throw Undo()
                    }
                }
                try expect(log.events, equals: ["body", "undone"], "what happened")
            },
            test("an effect may use the adapter, whose connection it does not hold") { scenario in
                let job = scenario.newJob()
                let adapter = scenario.adapter
                let (read, continuation) = AsyncStream.makeStream(of: Int.self)
                try await adapter.withTransaction { connection in
                    connection.effects?.add(onCommit: {
                        // A task of its own, because effects are synchronous; the stream waits for it.
                        Task {
                            let rows = try? await scenario.read { try $0.jobs(ofChain: job.id) }
                            continuation.yield(rows?.count ?? -1)
                            continuation.finish()
                        }
                    })
                    _ = try adapter.operations(on: connection).insertJobs([job])
                }
                var counts: [Int] = []
                for await count in read { counts.append(count) }
                try expect(counts, equals: [1], "the number of jobs that the effect sees")
            },
            test("a transaction inside a transaction of the same task is refused, and the outer one goes on") {
                scenario in
                let outer = scenario.newJob()
                let adapter = scenario.adapter
                try await adapter.withTransaction { connection in
                    _ = try await expectError(NestedTransactionError.self, "the inner transaction") {
                        try await adapter.withTransaction { _ in }
                    }
                    _ = try adapter.operations(on: connection).insertJobs([outer])
                }
                try expect(try await scenario.row(outer.id).id, equals: outer.id, "the outer transaction's job")
            },
            test("a transaction that was rolled back leaves its connection fit for the next") { scenario in
                for number in 0..<20 {
                    let job = scenario.newJob(input: "\(number)")
                    let isUndone = number.isMultiple(of: 2)
                    try? await scenario.transaction { operations in
                        _ = try operations.insertJobs([job])
                        if isUndone { throw Undo() }
                    }
                }
                let inputs = try await scenario.claim(limit: 100).jobs.map(\.row.input)
                try expect(inputs, equals: (0..<10).map { "\($0 * 2 + 1)" }, "the inputs of the jobs that were written")
            },
            test("what others write while a transaction is open is not undone with it") { scenario in
                let adapter = scenario.adapter
                for isOperation in [false, true] {
                    let undone = scenario.newJob()
                    let kept = scenario.newJob()
                    let log = Journal()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            try await log.wait(of: "one has written")
                            log.add("another begins")
                            if isOperation {
                                try await adapter.withOperation(.work) { connection in
                                    _ = try adapter.operations(on: connection).insertJobs([kept])
                                }
                            } else {
                                try await scenario.insert(kept)
                            }
                            log.add("another has written")
                        }
                        group.addTask {
                            _ = try await expectError(Undo.self, "the transaction") {
                                try await adapter.withTransaction { connection in
                                    _ = try adapter.operations(on: connection).insertJobs([undone])
                                    log.add("one has written")
                                    try await log.wait(of: "another begins")
                                    // Where transactions write one after the other, the other one waits for this one.
                                    await log.waitForAWhile(of: "another has written")
                                    throw Undo()
                                }
                            }
                        }
                        try await group.waitForAll()
                    }
                    let isKept = try await scenario.job(kept.id) != nil
                    try expect(isKept, "what the other has written is there (as an operation: \(isOperation))")
                    let isUndone = try await scenario.job(undone.id) == nil
                    try expect(isUndone, "what is rolled back is not (as an operation: \(isOperation))")
                }
            },
            test("transactions that are made at the same time are all written") { scenario in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<50 {
                        let job = scenario.newJob()
                        group.addTask { try await scenario.insert(job) }
                    }
                    try await group.waitForAll()
                }
                let counts = try await scenario.waitingJobCounts()
                try expect(counts, equals: ["job": 50], "the waiting jobs")
            },
        ]
    }
}
