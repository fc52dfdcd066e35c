import Queuert

extension StateConformance {
    var cleanupCases: [ConformanceCase] {
        let ends: Set<JobStatus> = [.completed, .cancelled, .failed]
        return [
            test("chains that ended long enough ago are deleted, however old they are, and others are kept") {
                scenario in
                let open = try await scenario.insert(scenario.newJob("open"))[0].chainID
                let running = try await scenario.startClaimed("running")
                let old = try await scenario.endedChain()
                scenario.clock.advance(by: .seconds(60))
                try await scenario.settle(running, .completed(output: "1"))
                let young = try await scenario.endedChain()
                scenario.clock.advance(by: .seconds(30))
                let result = try await scenario.cleanUp(ends, olderThan: .seconds(31))
                try expect(result, equals: CleanupResult(deleted: 1, kept: 0, next: nil), "what came of it")
                try expect(
                    try await scenario.existing([open, running.chainID, old, young]),
                    equals: [open, running.chainID, young], "the chains that are left")
                let next = try await scenario.cleanUp(ends, olderThan: .seconds(30))
                try expect(next.deleted, equals: 2, "the number of chains that ended just so long ago")
                try expect(try await scenario.existing([open]), equals: [open], "the chain that goes on")
            },
            test("chains are cleaned up by how they ended") { scenario in
                for status: JobStatus in [.completed, .cancelled, .failed] {
                    let rows = try await scenario.jobsInEachStatus()
                    let id = try require(rows[status], "the \(status) job").chainID
                    let result = try await scenario.cleanUp([status], olderThan: .zero)
                    try expect(result.deleted, equals: 1, "the number of \(status) chains")
                    let ids = rows.values.map(\.chainID)
                    let left = try await scenario.existing(ids)
                    try expect(Set(left), equals: Set(ids).subtracting([id]), "the chains that are left")
                    try await scenario.delete(ids)
                }
                _ = try await scenario.jobsInEachStatus()
                let none = try await scenario.cleanUp([], olderThan: .zero)
                try expect(none.deleted, equals: 0, "the number of chains that ended in none of the ways")
                let open = try await scenario.cleanUp([.ready, .running, .continued], olderThan: .zero)
                try expect(open.deleted, equals: 0, "the number of chains that have not ended")
            },
            test("chains are cleaned up by type, their first job's") { scenario in
                let first = try await scenario.startClaimed("a")
                try await scenario.settle(first, .continued(scenario.successor(of: first, "b")))
                try await scenario.settle(try await scenario.claimOnly("b").row, .completed(output: "1"))
                let b = try await scenario.endedChain("b")
                let c = try await scenario.endedChain("c")
                let result = try await scenario.cleanUp(ends, olderThan: .zero, types: ["a", "c", "unknown"])
                try expect(result.deleted, equals: 2, "the number of deleted chains")
                try expect(try await scenario.existing([first.chainID, b, c]), equals: [b], "what is left")
            },
            test("chains that a job needs that has not ended are kept, and counted") { scenario in
                let needed = try await scenario.endedChain("needed")
                let done = try await scenario.endedChain("done")
                try await scenario.insert(scenario.newJob("last", blockers: [done]))
                try await scenario.settle(try await scenario.claimOnly("last").row, .completed(output: "1"))
                let waiting = try await scenario.insert(scenario.newJob(blockers: [needed]))[0]
                let result = try await scenario.cleanUp(ends, olderThan: .zero)
                try expect(result, equals: CleanupResult(deleted: 2, kept: 1, next: nil), "what came of it")
                try expect(
                    try await scenario.existing([needed, waiting.chainID]), equals: [needed, waiting.chainID],
                    "the chains that are left")
                try expect(
                    try await scenario.claimOnly().blockers.map(\.chainID), equals: [needed], "the blockers of the job")
            },
            test("a cleanup goes on where the batch before ended, until there is nothing older") { scenario in
                var ended: [JobID] = []
                for number in 0..<10 {
                    if number.isMultiple(of: 3) { try await scenario.insert(scenario.newJob("open")) }
                    ended.append(try await scenario.endedChain())
                }
                scenario.clock.advance(by: .seconds(10))
                let young = try await scenario.endedChain()
                var results: [CleanupResult] = []
                repeat {
                    let after = results.last?.next
                    results.append(try await scenario.cleanUp(ends, olderThan: .seconds(10), limit: 3, after: after))
                    try expect(results.last?.deleted ?? 0 <= 3, "a batch deletes no more than the limit")
                    try expect(results.count < 20, "the cleanup comes to an end")
                } while results.last?.next != nil
                try expect(results.map(\.deleted).reduce(0, +), equals: 10, "the number of deleted chains")
                try expect(try await scenario.existing(ended + [young]), equals: [young], "the chains that are left")
                try expect(try await scenario.waitingJobCounts(), equals: ["open": 4], "the waiting jobs")
            },
            test("a cleanup of nothing says so") { scenario in
                let empty = try await scenario.cleanUp(ends, olderThan: .zero)
                try expect(empty, equals: CleanupResult(deleted: 0, kept: 0, next: nil), "what came of it")
                _ = try await scenario.endedChain()
                let young = try await scenario.cleanUp(ends, olderThan: .seconds(1_000_000_000))
                try expect(young, equals: CleanupResult(deleted: 0, kept: 0, next: nil), "what came of it")
            },
            test("a cursor that no cleanup gave out is refused") { scenario in
                for text in ["", "rubbish", "é.1.2", "....", "ffff"] {
                    _ = try await expectError(InvalidCursorError.self, "the cursor “\(text)”") {
                        _ = try await scenario.cleanUp(
                            ends, olderThan: .zero, after: PageCursor(rawValue: text))
                    }
                }
            },
            test("a cleanup that is rolled back deletes nothing") { scenario in
                let chain = try await scenario.endedChain()
                try await scenario.rolledBack { operations in
                    let request = CleanupRequest(statuses: ends, olderThan: .zero, limit: 10)
                    try expect(try operations.cleanUp(request).deleted, equals: 1, "the number of deleted chains")
                }
                try expect(try await scenario.existing([chain]), equals: [chain], "the chains that are left")
            },
        ]
    }
}

extension StateScenario {
    fileprivate func cleanUp(
        _ statuses: Set<JobStatus>, olderThan: Duration, types: [String]? = nil, limit: Int = 100,
        after: PageCursor? = nil
    ) async throws -> CleanupResult {
        let request = CleanupRequest(
            statuses: statuses, olderThan: olderThan, chainTypeNames: types, limit: limit, after: after)
        return try await transaction { try $0.cleanUp(request) }
    }
}
