import Queuert

extension StateConformance {
    var cancelDependantsCases: [ConformanceCase] {
        [
            test("the chains that wait for a cancelled one are cancelled, and so on, each once, causes first") {
                scenario in
                let root = try await scenario.startClaimed("root")
                let left = try await scenario.insert(scenario.newJob("left", blockers: [root.chainID]))[0]
                let right = try await scenario.insert(scenario.newJob("right", blockers: [root.chainID]))[0]
                let both = try await scenario.insert(
                    scenario.newJob("both", blockers: [left.chainID, right.chainID, left.chainID]))[0]
                let other = try await scenario.insert(scenario.newJob("other"))[0]
                let cancelled = try await scenario.cancel([root.chainID])
                let ids = cancelled.map(\.row.id)
                try expect(Set(ids), equals: [root.id, left.id, right.id, both.id], "the cancelled jobs")
                try expect(ids.count, equals: 4, "the number of cancelled jobs")
                for chain in cancelled {
                    let cause = chain.cause.flatMap { cause in ids.firstIndex(of: cause) }
                    if chain.row.id == root.id {
                        try expect(chain.cause, equals: nil, "the cause of the chain that was named")
                    } else {
                        let index = try require(ids.firstIndex(of: chain.row.id), "the chain")
                        try expect(try require(cause, "the cause's place") < index, "a cause comes before its effect")
                    }
                }
                let causes = Dictionary(uniqueKeysWithValues: cancelled.map { ($0.row.id, $0.cause) })
                try expect(causes[left.id], equals: root.id, "the cause of a chain that waited")
                try expect(
                    cancelled.map { $0.interrupted != nil }.filter { $0 }.count, equals: 1, "the running attempts")
                try expect(try await scenario.status(other.id), equals: .ready, "the status of what did not wait")
            },
            test("a chain whose second job waits for a cancelled chain is cancelled at that job") { scenario in
                let blocker = try await scenario.insert(scenario.newJob("blocker"))[0]
                let first = try await scenario.startClaimed()
                let next = scenario.successor(of: first, blockers: [blocker.chainID])
                try await scenario.settle(first, .continued(next))
                let cancelled = try await scenario.cancel([blocker.chainID])
                try expect(cancelled.map(\.row.id), equals: [blocker.id, next.id], "the cancelled jobs")
                try expect(cancelled.map(\.row.chainID), equals: [blocker.id, first.id], "their chains")
                try expect(cancelled.map(\.cause), equals: [nil, blocker.id], "their causes")
            },
            test("a named chain has no cause, even if it waits for another that is named") { scenario in
                let blocker = try await scenario.insert(scenario.newJob("blocker"))[0]
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                let cancelled = try await scenario.cancel([blocker.chainID, waiting.chainID])
                try expect(cancelled.map(\.row.id), equals: [blocker.id, waiting.id], "the cancelled jobs")
                try expect(cancelled.map(\.cause), equals: [nil, nil], "their causes")
            },
            test("jobs that waited for a chain that had completed are not its dependants any more") { scenario in
                let blocker = try await scenario.endedChain()
                let waited = try await scenario.insert(scenario.newJob(blockers: [blocker]))[0]
                try expect(try await scenario.cancel([blocker]), equals: [], "what was cancelled")
                try expect(try await scenario.status(waited.id), equals: .ready, "the status of the job")
            },
            test("a cancellation can be refused while jobs wait, and nothing is changed then") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                let other = try await scenario.insert(scenario.newJob("other"))[0]
                let error = try await expectError(ChainHasDependantsError.self, "a cancellation that is refused") {
                    try await scenario.cancel([other.chainID, blocker.chainID], dependants: .refuse)
                }
                let reference = ChainHasDependantsError.Reference(
                    chainID: blocker.chainID, jobID: waiting.id, jobChainID: waiting.chainID)
                try expect(error.references, equals: [reference], "who needs what")
                try expect(try await scenario.row(blocker.id), equals: blocker, "the row of the blocker")
                try expect(try await scenario.status(other.id), equals: .ready, "the status of the other chain")
                let both = try await scenario.cancel([waiting.chainID, blocker.chainID], dependants: .refuse)
                try expect(Set(both.map(\.row.id)), equals: [blocker.id, waiting.id], "the chains that are cancelled")
            },
            test("jobs that have ended refuse nothing, though they waited") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let completed = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try await scenario.completeWithoutWorker(completed, .completed(output: "1"))
                let cancelled = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try await scenario.cancel([cancelled.chainID])
                let result = try await scenario.cancel([blocker.chainID], dependants: .refuse)
                try expect(result.map(\.row.id), equals: [blocker.id], "the cancelled jobs")
            },
            test("dependants that are left stay blocked, and can be cancelled or completed without a worker") {
                scenario in
                let blocker = try await scenario.insert(scenario.newJob("blocker"))[0]
                let rows = try await scenario.insert(
                    scenario.newJob(blockers: [blocker.chainID]), scenario.newJob(blockers: [blocker.chainID]))
                let cancelled = try await scenario.cancel([blocker.chainID], dependants: .leave)
                try expect(cancelled.map(\.row.id), equals: [blocker.id], "the cancelled jobs")
                for row in rows { try expect(try await scenario.row(row.id), equals: row, "the row of a dependant") }
                let stranded = try await scenario.transaction { try $0.unblockStrandedJobs() }
                try expect(stranded, equals: [], "the jobs that nothing blocks")
                try await scenario.completeWithoutWorker(rows[0], .completed(output: "1"))
                try await scenario.cancel([rows[1].chainID])
                try expect(try await scenario.waitingJobCounts(), equals: [:], "the waiting jobs")
            },
            test("a job can't be written that waits for a cancelled chain, nor a job that follows") { scenario in
                let blocker = try await scenario.insert(scenario.newJob("blocker"))[0]
                try await scenario.cancel([blocker.chainID])
                let error = try await expectError(ChainCancelledError.self, "a cancelled blocker") {
                    try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))
                }
                try expect(error.chainID, equals: blocker.chainID, "the chain that the error names")
                let row = try await scenario.startClaimed()
                _ = try await expectError(ChainCancelledError.self, "a cancelled blocker of a job that follows") {
                    try await scenario.settle(row, .continued(scenario.successor(of: row, blockers: [blocker.chainID])))
                }
                try expect(try await scenario.row(row.id), equals: row, "the row of the job that was to continue")
                try await scenario.settle(row, .completed(output: "1"))
            },
            test("what a cancelled job waited for ends without it") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try await scenario.cancel([waiting.chainID])
                let settled = try await scenario.settle(blocker, .completed(output: "1"))
                try expect(settled.resolved, equals: [], "the waits of jobs that go on")
                try expect(try await scenario.status(waiting.id), equals: .cancelled, "the status")
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("a job that is written while its blocker is cancelled is refused or cancelled with it") { scenario in
                for round in 0..<20 {
                    let blocker = try await scenario.insert(scenario.newJob("blocker"))[0]
                    let job = scenario.newJob(blockers: [blocker.chainID])
                    let results = try await scenario.concurrently(2) { number -> Result<Void, any Error> in
                        await Result {
                            if number == 0 {
                                try await scenario.insert(job)
                            } else {
                                try await scenario.cancel([blocker.chainID])
                            }
                        }
                    }
                    for result in results {
                        if case .failure(let error) = result {
                            try expect(error is ChainCancelledError, "the job is refused (round \(round))")
                        }
                    }
                    let status = try await scenario.job(job.id)?.status(at: scenario.now)
                    try expect(status == nil || status == .cancelled, "no job is left blocked (round \(round))")
                }
            },
        ]
    }
}
