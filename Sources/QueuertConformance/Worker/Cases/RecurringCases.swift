import Queuert

extension WorkerConformance {
    var recurringCases: [ConformanceCase] {
        [
            test("what recurs is started at each occurrence, once, and is told which one") { scenario in
                let start = scenario.clock.now
                let work = try await scenario.startTicking()
                try expect(work.nextOccurrence, equals: start + minute, "the first occurrence")
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    for number in 1...3 {
                        try await scenario.passOccurrence()
                        try await scenario.journal.wait(for: number, of: "completed tick")
                    }
                }
                try expect(try await scenario.startedTicks(since: start), equals: [60, 120, 180], "the occurrences")
                let next = try await scenario.client.recurringWork().map(\.nextOccurrence)
                try expect(next, equals: [start + minute * 4], "the next occurrence")
            },
            test("each occurrence is started exactly once by two workers whose database fails now and then") {
                scenario in
                let start = scenario.clock.now
                try await scenario.startTicking(missedRuns: .all(limit: 100), overlappingRuns: .allow)
                scenario.faults.fail(.claimJobs, times: 3)
                scenario.faults.fail(.insertJobs, times: 3)
                scenario.faults.fail(.settle, times: 4)
                scenario.faults.failCommit(after: .insertJobs, times: 5)
                let processors = [scenario.recurrences, scenario.ticks(start)]
                try await scenario.withWorker(processors) { _ in
                    try await scenario.withWorker(processors) { _ in
                        try await scenario.advance(inStepsOf: .seconds(15), sleepers: 2 * idleWorkerSleepers) {
                            scenario.journal.count(of: "completed tick") >= 30
                        }
                    }
                }
                let ticks = try await scenario.chains(of: "tick").count
                let completed = try await scenario.chains(of: "tick", [.completed])
                var times: [Int] = []
                for chain in completed {
                    times.append(try await scenario.client.awaitJobChain(Chain<Tick>(id: chain.first.id)).output)
                }
                try expect(
                    times.sorted().prefix(30).map { $0 }, equals: (1...30).map { $0 * 60 },
                    "the first thirty of \(ticks) occurrences")
                try await scenario.expectOneRecurrence()
            },
            test("an occurrence is left out while the chain of an earlier one is open, and not when that is allowed") {
                scenario in
                let client = scenario.client
                try await client.startRecurring("left out", Count.self, input: 1, .every(minute))
                try await client.startRecurring(
                    "allowed", Echo.self, input: "x", .every(minute), overlappingRuns: .allow)
                // Nobody processes what is started, so it stays open.
                try await scenario.withWorker([scenario.recurrences]) { _ in
                    for number in 1...3 {
                        scenario.advance(by: minute, waking: "queuert.recurrence")
                        try await scenario.journal.wait(for: 2 * number, of: "completed queuert.recurrence")
                    }
                    let first = try require(try await scenario.chains(of: "count").first, "a chain")
                    try expect(try await scenario.chains(of: "count").count, equals: 1, "the chains that don't overlap")
                    try expect(try await scenario.chains(of: "echo").count, equals: 3, "the chains that may overlap")

                    // However the chain ends, the next one is started.
                    try await client.cancelJobChain(Chain<Count>(id: first.first.id))
                    scenario.advance(by: minute, waking: "queuert.recurrence")
                    try await scenario.journal.wait(for: 8, of: "completed queuert.recurrence")
                    try expect(
                        try await scenario.chains(of: "count").count, equals: 2, "the chains after the first ended")
                }
            },
            test("what recurs goes on when the worker that starts it dies") { scenario in
                let start = scenario.clock.now
                try await scenario.startTicking(overlappingRuns: .allow)
                scenario.clock.advance(by: minute)
                // A worker that claims the job and is never heard of again.
                let claimed = try await scenario.state.transaction {
                    try $0.claimJobs(
                        ClaimRequest(
                            typeNames: ["queuert.recurrence"], limit: 1, worker: "dead", leaseDuration: .seconds(30)))
                }
                try expect(claimed.jobs.count, equals: 1, "the number of claimed jobs")
                scenario.clock.advance(by: .seconds(31))
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    try await scenario.advance(inStepsOf: .seconds(5), sleepers: idleWorkerSleepers) {
                        scenario.journal.count(of: "completed tick") >= 1
                    }
                }
                let times = try await scenario.startedTicks(since: start)
                try expect(Set(times).count, equals: times.count, "the number of different occurrences")
                try await scenario.expectOneRecurrence()
            },
        ]
    }

    var missedRunCases: [ConformanceCase] {
        // Every policy, and the occurrences that run after three hours without a worker, with a rule of one hour.
        let policies: [(name: String, policy: MissedRuns, hours: [Int])] = [
            ("none", .skip, [4]), ("one for all", .once, [3, 4]), ("all", .all(limit: 10), [1, 2, 3, 4]),
            ("the last two", .all(limit: 2), [2, 3, 4]),
            ("none, but the last was not too late", .skip(olderThan: .seconds(1_800)), [3, 4]),
        ]
        return policies.map { name, policy, hours in
            test("after three hours without a worker, missed runs are made up for as the policy says (\(name))") {
                scenario in
                let start = scenario.clock.now
                try await scenario.startTicking(every: .seconds(3_600), missedRuns: policy)
                scenario.clock.advance(by: .seconds(3 * 3_600 + 900))
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    try await scenario.journal.wait(of: "completed queuert.recurrence")
                    try await scenario.journal.wait(for: hours.count - 1, of: "completed tick")
                    try await scenario.passOccurrence(after: .seconds(2_700))
                    try await scenario.journal.wait(for: hours.count, of: "completed tick")
                }
                try expect(
                    try await scenario.startedTicks(since: start), equals: hours.map { $0 * 3_600 }, "the occurrences")
            }
        }
    }
}
