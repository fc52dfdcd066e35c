import Queuert

extension StateConformance {
    var completionWithoutWorkerCases: [ConformanceCase] {
        let statuses: [JobStatus] = [.ready, .scheduled, .blocked, .failed]
        let waiting = statuses.map { status in
            test("a \(status) job can be completed without a worker, and is not claimed then") { scenario in
                let row = try require(try await scenario.jobsInEachStatus()[status], "the \(status) job")
                let next = try await scenario.insert(scenario.newJob(blockers: [row.chainID]))[0]
                scenario.clock.advance(by: .seconds(1))
                let settled = try await scenario.completeWithoutWorker(row, .completed(output: "5"))
                try expect(settled.at, equals: scenario.now, "the time of the settlement")
                try expect(settled.superseded, equals: nil, "the attempt that ran")
                try expect(settled.chainStart?.createdAt, equals: row.createdAt, "the time of the chain's start")
                try expect(settled.resolved.map(\.jobID), equals: [next.id], "the jobs that waited")
                let after = try require(try await scenario.job(row.id), "the job")
                try expect(after.status(at: scenario.now), equals: .completed, "the status")
                try expect(after.output, equals: "5", "the output")
                try expect(after.completedAt, equals: scenario.now, "the time of the completion")
                try expect(after.completedBy, equals: nil, "the worker")
                try expect(after.failedAt, equals: nil, "the time of the failure")
                try expect(after.attempt, equals: row.attempt, "the number of attempts")
                let attempts = try await scenario.failedAttempts(row.id).map(\.outcome)
                try expect(attempts, equals: status == .failed ? [.failed] : [], "the attempts on record")
                scenario.clock.advance(by: .seconds(600))
                try expect(
                    try await scenario.claim([row.typeName]).jobs.count, equals: 0, "the number of jobs to claim")
                try expect(try await scenario.claimOnly().blockers.map(\.output), equals: ["5"], "the blocker's output")
            }
        }
        return waiting + [
            test("an attempt that runs while its job is completed without a worker is superseded, and on record") {
                scenario in
                let blocker = try await scenario.endedChain(output: "7")
                try await scenario.insert(scenario.newJob(blockers: [blocker]))
                let first = try await scenario.claimOnly()
                try await scenario.settle(first.row, .retried(.now, error: "no", .failed), context: "first")
                let claimed = try await scenario.claimOnly(worker: "w1")
                let startedAt = scenario.now
                scenario.clock.advance(by: .seconds(3))
                let settled = try await scenario.completeWithoutWorker(claimed.row, .completed(output: "5"))
                try expect(settled.superseded, equals: claimed, "the attempt that ran")
                let record = AttemptRow(
                    jobID: claimed.row.id, attempt: 2, worker: "w1", startedAt: startedAt, endedAt: scenario.now,
                    outcome: .superseded, error: nil, attemptContext: nil)
                try expect(try await scenario.failedAttempts(claimed.row.id).last, equals: record, "the record")
                let after = try await scenario.row(claimed.row.id)
                try expect(after.status(at: scenario.now), equals: .completed, "the status")
                try expect(after.leasedBy, equals: nil, "the worker")
                let late = try await scenario.settle([
                    scenario.settlement(claimed.row, .completed(output: "6")),
                    scenario.settlement(claimed.row, .retried(.now, error: "late", .failed)),
                ])
                try expect(late.map(\.isLeaseLost), equals: [true, true], "whether the leases are lost")
                let renewed = try await scenario.transaction {
                    try $0.renewLeases([claimed.row.lease], for: .seconds(30))
                }
                try expect(renewed, equals: [], "the renewed leases")
                try expect(try await scenario.row(claimed.row.id), equals: after, "the stored row")
            },
            test("a chain can be continued without a worker, job after job") { scenario in
                let first = try await scenario.insert(scenario.newJob(schedule: .after(.seconds(60))))[0]
                let next = scenario.successor(of: first, "second", schedule: .after(.seconds(60)))
                let settled = try await scenario.completeWithoutWorker(first, .continued(next))
                let second = try require(settled.successor, "the job that follows")
                try expect(second.id, equals: next.id, "the job that follows")
                try expect(settled.chainStart, equals: nil, "the start of the chain, which has not ended")
                let last = try await scenario.completeWithoutWorker(second, .completed(output: "1"))
                try expect(last.chainStart?.createdAt, equals: first.createdAt, "the time of the chain's start")
                let ends = try await scenario.read { try $0.chainEnds(first.chainID) }
                try expect(ends?.first.status(at: scenario.now), equals: .continued, "the first job's status")
                try expect(ends?.last.status(at: scenario.now), equals: .completed, "the last job's status")
            },
            test("a running job can be continued without a worker") { scenario in
                let claimed = try await scenario.startClaimed()
                let settled = try await scenario.completeWithoutWorker(
                    claimed, .continued(scenario.successor(of: claimed)))
                try expect(settled.superseded?.row, equals: claimed, "the attempt that ran")
                try expect(try await scenario.claimOnly("next").row.chainIndex, equals: 1, "the next job's place")
            },
            test("a job that was claimed or has ended meanwhile is not completed without a worker") { scenario in
                let waiting = try await scenario.insert(scenario.newJob())[0]
                let claimed = try await scenario.claimOnly().row
                let stale = try await scenario.settle([scenario.withoutWorker(waiting, .completed(output: "1"))])
                try expect(stale[0].isLeaseLost, "a job that was claimed meanwhile is another's")
                try await scenario.settle(claimed, .completed(output: "2"))
                let ended = try await scenario.row(claimed.id)
                let cancelled = try await scenario.insert(scenario.newJob())[0]
                try await scenario.cancel([cancelled.chainID])
                let results = try await scenario.settle([
                    scenario.withoutWorker(ended, .completed(output: "3")),
                    scenario.withoutWorker(cancelled, .completed(output: "4")),
                ])
                try expect(results.map(\.isLeaseLost), equals: [true, true], "whether the leases are lost")
                try expect(try await scenario.row(ended.id), equals: ended, "the row of the completed job")
                try expect(try await scenario.status(cancelled.id), equals: .cancelled, "the status of the other one")
            },
            test("a blocked job that was completed without a worker is left alone when its blocker ends") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try await scenario.completeWithoutWorker(waiting, .completed(output: "1"))
                let completed = try await scenario.row(waiting.id)
                let settled = try await scenario.settle(blocker, .completed(output: "2"))
                try expect(settled.resolved, equals: [], "the waits of jobs that go on")
                try expect(try await scenario.row(waiting.id).output, equals: completed.output, "the output")
                try expect(try await scenario.status(waiting.id), equals: .completed, "the status")
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("a completion without a worker that is rolled back leaves all as it was") { scenario in
                let claimed = try await scenario.startClaimed()
                let next = try await scenario.insert(scenario.newJob("next", blockers: [claimed.chainID]))[0]
                let settlement = scenario.withoutWorker(claimed, .completed(output: "1"))
                try await scenario.rolledBack { _ = try $0.settle([settlement]) }
                try expect(try await scenario.row(claimed.id), equals: claimed, "the stored row")
                try expect(try await scenario.row(next.id), equals: next, "the row of the job that waits")
                try expect(try await scenario.failedAttempts(claimed.id), equals: [], "the record")
                try await scenario.settle(claimed, .completed(output: "2"))
            },
            test(
                "a completion without a worker whose successor is refused changes nothing, though its transaction goes on"
            ) {
                scenario in
                let ready = try await scenario.insert(scenario.newJob("ready"))[0]
                let running = try await scenario.startClaimed("running")
                for row in [ready, running] {
                    let next = scenario.successor(of: row, blockers: [scenario.makeID()])
                    let settlement = scenario.withoutWorker(row, .continued(next))
                    let isRefused = try await scenario.transaction { operations in
                        do {
                            _ = try operations.settle([settlement])
                            return false
                        } catch is ChainNotFoundError {
                            return true
                        }
                    }
                    try expect(isRefused, "a successor that waits for an unknown chain is refused")
                    try expect(try await scenario.row(row.id), equals: row, "the stored row")
                    try expect(try await scenario.failedAttempts(row.id), equals: [], "the record")
                }
                _ = try await scenario.claimOnly("ready")
                try await scenario.settle(running, .completed(output: "1"))
            },
            test("a worker and somebody else who end a job at the same time: one does") { scenario in
                for _ in 0..<10 {
                    let claimed = try await scenario.startClaimed()
                    let settlements = [
                        scenario.settlement(claimed, .completed(output: "1")),
                        scenario.withoutWorker(claimed, .completed(output: "2")),
                    ]
                    let isLost = try await scenario.concurrently(2) {
                        try await scenario.settle([settlements[$0]])[0].isLeaseLost
                    }
                    try expect(isLost.count { !$0 }, equals: 1, "the number of settlements that were written")
                }
            },
        ]
    }

    var lockedLastJobCases: [ConformanceCase] {
        [
            test("the last job of a chain is found, with the outputs of what it waited for") { scenario in
                let blocker = try await scenario.endedChain("blocker", output: "7")
                let open = try await scenario.startClaimed("open")
                let first = try await scenario.startClaimed()
                let next = scenario.successor(of: first, blockers: [blocker, open.chainID])
                try await scenario.settle(first, .continued(next))
                let job = try await scenario.transaction { try $0.lockedLastJob(ofChain: first.chainID) }
                try expect(job?.row, equals: try await scenario.job(next.id), "the last job")
                try expect(job?.blockers.map(\.chainID), equals: [blocker], "the blockers that have ended")
                try expect(job?.blockers.map(\.output), equals: ["7"], "their outputs")
                let unknown = scenario.makeID()
                let none = try await scenario.transaction { try $0.lockedLastJob(ofChain: unknown) }
                try expect(none, equals: nil, "the last job of a chain that doesn't exist")
                let inside = try await scenario.transaction { try $0.lockedLastJob(ofChain: next.id) }
                try expect(inside, equals: nil, "the last job of what is not a chain")
            },
            test("a last job that was looked at stays as it is until the transaction is over") { scenario in
                for round in 0..<10 {
                    let row = try await scenario.insert(scenario.newJob())[0]
                    let results = try await scenario.concurrently(4) { number -> Bool in
                        if number > 0 { return try await scenario.claim().jobs.isEmpty }
                        return try await scenario.transaction { operations in
                            let last = try require(try operations.lockedLastJob(ofChain: row.chainID), "the last job")
                                .row
                            let settlement = scenario.withoutWorker(last, .completed(output: "\(round)"))
                            return try !operations.settle([settlement])[0].isLeaseLost
                        }
                    }
                    try expect(results.contains(true), "the job is completed (round \(round))")
                    try expect(try await scenario.status(row.id), equals: .completed, "the status (round \(round))")
                }
            },
        ]
    }
}
