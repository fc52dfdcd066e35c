import Queuert

extension StateConformance {
    var deleteDependantsCases: [ConformanceCase] {
        [
            test("a chain that jobs wait for is not deleted, and nothing is changed") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let other = try await scenario.insert(scenario.newJob("other"))[0]
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                let error = try await scenario.deletionError([other.chainID, blocker.chainID])
                let reference = ChainHasDependantsError.Reference(
                    chainID: blocker.chainID, jobID: waiting.id, jobChainID: waiting.chainID)
                try expect(error.references, equals: [reference], "who needs what")
                try expect(try await scenario.row(blocker.id), equals: blocker, "the row of the blocker")
                try expect(try await scenario.job(other.id), equals: other, "the row of the other chain")
            },
            test("a chain whose output a job needs that has not ended is not deleted") { scenario in
                let blocker = try await scenario.endedChain("blocker")
                let ready = try await scenario.insert(scenario.newJob(blockers: [blocker]))[0]
                try expect(
                    try await scenario.deletionError([blocker]).references.map(\.jobID), equals: [ready.id],
                    "the job that is ready")
                let running = try await scenario.claimOnly().row
                _ = try await scenario.deletionError([blocker])
                try await scenario.settle(running, .failed(error: "no", .failed))
                _ = try await scenario.deletionError([blocker])
                try await scenario.redrive([running.id])
                try await scenario.settle(try await scenario.claimOnly().row, .completed(output: "1"))
                try expect(try await scenario.delete([blocker]).count, equals: 1, "the number of deleted chains")
            },
            test("a chain is not kept by jobs that have ended, though they waited for it") { scenario in
                let blocker = try await scenario.endedChain("blocker")
                let completed = try await scenario.insert(scenario.newJob(blockers: [blocker]))[0]
                try await scenario.settle(try await scenario.claimOnly().row, .completed(output: "1"))
                let cancelled = try await scenario.insert(scenario.newJob(blockers: [blocker]))[0]
                try await scenario.cancel([cancelled.chainID])
                try await scenario.insert(scenario.newJob(blockers: [blocker]))
                let first = try await scenario.claimOnly().row
                try await scenario.settle(first, .continued(scenario.successor(of: first)))
                try expect(try await scenario.delete([blocker]).count, equals: 1, "the number of deleted chains")
                for id in [completed.id, cancelled.id, first.id] {
                    let blockers = try await scenario.read { try $0.blockers(ofJob: id) }
                    try expect(blockers, equals: [], "the blockers that are left of a job that ended")
                }
                try await scenario.settle(try await scenario.claimOnly("next").row, .completed(output: "1"))
            },
            test("an open chain is not kept by a cancelled job that waited for it, and may be deleted") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try await scenario.cancel([waiting.chainID])
                try expect(try await scenario.delete([blocker.chainID]).count, equals: 1, "the deleted chains")
                try expect(try await scenario.status(waiting.id), equals: .cancelled, "the status of the other one")
                let stranded = try await scenario.transaction { try $0.unblockStrandedJobs() }
                try expect(stranded, equals: [], "the jobs that nothing blocks")
            },
            test("chains that need only each other are deleted together") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                let deleted = try await scenario.delete([blocker.chainID, waiting.chainID])
                try expect(deleted.count, equals: 2, "the number of deleted chains")
                try expect(try await scenario.existing([blocker.chainID, waiting.chainID]), equals: [], "what is left")
            },
            test("a chain can be deleted whose job waits; what it waits for goes on without it") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                let waiting = try await scenario.insert(scenario.newJob(blockers: [blocker.chainID]))[0]
                try await scenario.delete([waiting.chainID])
                let settled = try await scenario.settle(blocker, .completed(output: "1"))
                try expect(settled.resolved, equals: [], "the resolved waits")
                try expect(try await scenario.delete([blocker.chainID]).count, equals: 1, "the deleted chains")
            },
            test("a hundred references are told at most") { scenario in
                let blocker = try await scenario.startClaimed("blocker")
                try await scenario.insert((0..<130).map { _ in scenario.newJob(blockers: [blocker.chainID]) })
                try expect(
                    try await scenario.deletionError([blocker.chainID]).references.count, equals: 100, "the references")
            },
            test("a job that is written while its blocker is deleted is refused, or keeps the blocker") { scenario in
                for round in 0..<20 {
                    let blocker = try await scenario.insert(scenario.newJob("blocker"))[0]
                    let job = scenario.newJob(blockers: [blocker.chainID])
                    let results = try await scenario.concurrently(2) { number -> Result<Void, any Error> in
                        await Result {
                            if number == 0 {
                                try await scenario.insert(job)
                            } else {
                                try await scenario.delete([blocker.chainID])
                            }
                        }
                    }
                    let errors = results.compactMap { result -> (any Error)? in
                        if case .failure(let error) = result { error } else { nil }
                    }
                    try expect(errors.count, equals: 1, "the number of those that are refused (round \(round))")
                    try expect(
                        errors.allSatisfy { $0 is ChainNotFoundError || $0 is ChainHasDependantsError },
                        "the reason is told (round \(round))")
                    let hasJob = try await scenario.job(job.id) != nil
                    let hasBlocker = try await scenario.job(blocker.id) != nil
                    try expect(hasJob, equals: hasBlocker, "whether both are there (round \(round))")
                }
            },
        ]
    }
}
