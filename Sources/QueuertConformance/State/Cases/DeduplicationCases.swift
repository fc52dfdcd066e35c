import Queuert

extension StateConformance {
    var deduplicationCases: [ConformanceCase] {
        [
            test("a chain whose key an open chain of its type has is not started, and that one is returned as it is") {
                scenario in
                let first = try await scenario.start(
                    scenario.newJob(input: "1", priority: .low, deduplication: Deduplication(key: "k")))
                try expect(!first.isExisting, "the first chain is started")
                scenario.clock.advance(by: .seconds(5))
                let second = try await scenario.start(
                    scenario.newJob(
                        input: "2", schedule: .after(.seconds(9)), priority: .high,
                        deduplication: Deduplication(key: "k"), trace: JobTraceColumns(jobContext: "second")))
                try expect(second, equals: InsertedJob(row: first.row, isExisting: true), "what came of the second")
                try expect(try await scenario.row(first.row.id), equals: first.row, "the stored row")
                try expect(try await scenario.claim().jobs.count, equals: 1, "the number of jobs")
            },
            test("the whole chain is looked at: one that has continued matches until its last job ends") { scenario in
                let rule = Deduplication(key: "k")
                let started = try await scenario.start(scenario.newJob(deduplication: rule)).row
                let first = try await scenario.claimOnly().row
                try await scenario.settle(first, .continued(scenario.successor(of: first, "second")))
                let waiting = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(waiting.isExisting, "the chain matches while its second job waits")
                try expect(waiting.row.id, equals: started.id, "the job that is returned")
                try expect(waiting.row.status(at: scenario.now), equals: .continued, "the status of that job")
                let second = try await scenario.claimOnly("second").row
                let running = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(running.isExisting, "the chain matches while its second job runs")
                try await scenario.settle(second, .completed(output: "1"))
                let after = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(!after.isExisting, "the chain that has ended does not match")
            },
            test("chains that are blocked, scheduled or running match") { scenario in
                let open = try await scenario.startClaimed("open")
                for (key, schedule, blockers) in [
                    ("blocked", Schedule.now, [open.chainID]), ("scheduled", .after(.seconds(60)), []),
                    ("running", .now, []),
                ] {
                    let rule = Deduplication(key: key)
                    try await scenario.start(
                        scenario.newJob(key, schedule: schedule, deduplication: rule, blockers: blockers))
                    if key == "running" { _ = try await scenario.claimOnly(key) }
                    let again = try await scenario.start(scenario.newJob(key, deduplication: rule))
                    try expect(again.isExisting, "the \(key) chain matches")
                }
            },
            test("keys of different types of chains are different, and so are keys of different bytes") { scenario in
                let jobs = [
                    scenario.newJob("a", deduplication: Deduplication(key: "k")),
                    scenario.newJob("b", deduplication: Deduplication(key: "k")),
                    scenario.newJob("a", deduplication: Deduplication(key: "K")),
                    scenario.newJob("a", deduplication: Deduplication(key: "k ")),
                    scenario.newJob("a", deduplication: Deduplication(key: "")), scenario.newJob("a"),
                    // Composed and decomposed, which look the same; and two accents, in either order.
                    scenario.newJob("a", deduplication: Deduplication(key: "\u{e9}")),
                    scenario.newJob("a", deduplication: Deduplication(key: "e\u{301}")),
                    scenario.newJob("a", deduplication: Deduplication(key: "s\u{323}\u{307}")),
                    scenario.newJob("a", deduplication: Deduplication(key: "s\u{307}\u{323}")),
                ]
                for job in jobs {
                    try expect(try await !scenario.start(job).isExisting, "a chain with another key is started")
                }
            },
            test("chains without a rule match nothing, and nothing matches them") { scenario in
                for _ in 0..<3 {
                    try expect(
                        try await !scenario.start(scenario.newJob()).isExisting, "a chain without a rule is started")
                }
                let keyed = try await scenario.start(
                    scenario.newJob(deduplication: Deduplication(key: "k", scope: .any)))
                try expect(!keyed.isExisting, "a chain with the first rule is started")
            },
            test("chains that completed, were cancelled or failed match if all may, and not if open ones may") {
                scenario in
                for end in ["completed", "cancelled", "failed"] {
                    let row = try await scenario.start(
                        scenario.newJob(end, deduplication: Deduplication(key: "k"))
                    ).row
                    switch end {
                    case "cancelled": try await scenario.cancel([row.chainID])
                    case "failed":
                        try await scenario.settle(
                            try await scenario.claimOnly(end).row, .failed(error: nil, .failed))
                    default:
                        try await scenario.settle(try await scenario.claimOnly(end).row, .completed(output: "1"))
                    }
                    let any = try await scenario.start(
                        scenario.newJob(end, deduplication: Deduplication(key: "k", scope: .any)))
                    try expect(any.isExisting, "the chain that \(end) matches if all may")
                    try expect(any.row.id, equals: row.id, "the chain that is returned")
                    let open = try await scenario.start(scenario.newJob(end, deduplication: Deduplication(key: "k")))
                    try expect(!open.isExisting, "the chain that \(end) does not match if open ones may")
                }
            },
            test("a key belongs to the chain that was started with it last") { scenario in
                let rule = Deduplication(key: "k", scope: .any)
                let old = try await scenario.start(scenario.newJob(deduplication: rule)).row
                let new = try await scenario.start(
                    scenario.newJob(deduplication: Deduplication(key: "k", scope: .any, excluding: [old.chainID])))
                try expect(!new.isExisting, "a chain that excludes the one that has the key is started")
                let third = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(third.row.id, equals: new.row.id, "the chain that has the key")
                let excluding = Deduplication(key: "k", scope: .any, excluding: [new.row.chainID])
                try expect(
                    try await !scenario.start(scenario.newJob(deduplication: excluding)).isExisting,
                    "only the last chain with the key is looked at")
            },
            test("a chain that is older than the window does not match") { scenario in
                let rule = Deduplication(key: "k", scope: .any, window: .seconds(60))
                let first = try await scenario.start(scenario.newJob(deduplication: rule)).row
                scenario.clock.advance(by: .seconds(60))
                let inside = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(inside.row.id, equals: first.id, "the chain that matches at the end of the window")
                scenario.clock.advance(by: .microseconds(1))
                let outside = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(!outside.isExisting, "a chain is started after the window")
                scenario.clock.advance(by: .seconds(30))
                let again = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(again.row.id, equals: outside.row.id, "the chain that matches then")
            },
            test("a window narrows what is open, too") { scenario in
                let rule = Deduplication(key: "k", window: .seconds(10))
                try await scenario.start(scenario.newJob(deduplication: rule))
                scenario.clock.advance(by: .seconds(11))
                let later = try await scenario.start(scenario.newJob(deduplication: rule))
                try expect(!later.isExisting, "an open chain that is too old does not match")
            },
            test("a chain may match one that the same call or transaction starts before it") { scenario in
                let rule = Deduplication(key: "k")
                let jobs = [
                    scenario.newJob(input: "1", deduplication: rule), scenario.newJob("other", deduplication: rule),
                    scenario.newJob(input: "2", deduplication: rule), scenario.newJob(input: "3", deduplication: rule),
                ]
                let results = try await scenario.transaction { operations in
                    try operations.insertJobs(Array(jobs.prefix(3))) + operations.insertJobs([jobs[3]])
                }
                try expect(results.map(\.isExisting), equals: [false, false, true, true], "which chains existed")
                try expect(
                    results.map(\.row.id), equals: [jobs[0].id, jobs[1].id, jobs[0].id, jobs[0].id],
                    "the chains that are returned")
                try expect(
                    try await scenario.waitingJobCounts(), equals: ["job": 1, "other": 1], "the jobs that are written")
            },
            test("a chain that is not started is not checked: neither its identifier nor its blockers") { scenario in
                let rule = Deduplication(key: "k")
                let first = scenario.newJob(deduplication: rule)
                try await scenario.start(first)
                var again = first
                again.blockers = [NewJob.Blocker(chainID: scenario.makeID())]
                let result = try await scenario.start(again)
                try expect(result.isExisting, "the chain exists")
                try expect(try await scenario.read { try $0.blockers(ofJob: first.id) }, equals: [], "its blockers")
            },
        ]
    }
}
