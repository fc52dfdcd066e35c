import Queuert

extension StateConformance {
    var insertCases: [ConformanceCase] {
        [
            test("a new job is returned and stored as it was given") { scenario in
                let job = scenario.newJob(
                    "send", input: #"{"to":"a"}"#,
                    trace: JobTraceColumns(chainContext: "c", jobContext: "j", carrier: "b", segment: "s"))
                let expected = JobRow(
                    id: job.id, typeName: "send", chainID: job.id, chainTypeName: "send", chainIndex: 0,
                    input: #"{"to":"a"}"#, createdAt: scenario.now, scheduledAt: scenario.now, readyAt: scenario.now,
                    hasOpenBlockers: false,
                    trace: JobTraceColumns(chainContext: "c", jobContext: "j", carrier: "b", segment: "s"))
                try expect(try await scenario.insert(job), equals: [expected], "the inserted rows")
                try expect(try await scenario.row(job.id), equals: expected, "the stored row")
            },
            test("new jobs are returned in the order in which they were given") { scenario in
                let jobs = (0..<50).map { scenario.newJob("type-\($0 % 3)", input: "\($0)") }.reversed()
                let rows = try await scenario.insert(Array(jobs))
                try expect(rows.map(\.id), equals: jobs.map(\.id), "the order of the rows")
                try expect(rows.map(\.input), equals: jobs.map(\.input), "the order of the inputs")
            },
            test("inserting no jobs returns no rows") { scenario in
                try expect(try await scenario.insert([]), equals: [], "the inserted rows")
            },
            test("a job scheduled after some time is due that long after the statement") { scenario in
                let job = scenario.newJob(schedule: .after(.milliseconds(1_500)))
                let row = try await scenario.insert(job)[0]
                try expect(row.scheduledAt, equals: scenario.now + .milliseconds(1_500), "the due time")
                try expect(row.readyAt, equals: scenario.now, "the time since which it is ready")
                try expect(row.status(at: scenario.now), equals: .scheduled, "the status")
            },
            test("a job scheduled at a moment is due then, to the microsecond") { scenario in
                let moment = scenario.now + .microseconds(123_456_789_123)
                let row = try await scenario.insert(scenario.newJob(schedule: .at(moment)))[0]
                try expect(row.scheduledAt, equals: moment, "the due time")
                try expect(try await scenario.row(row.id).scheduledAt, equals: moment, "the stored due time")
            },
            test("a schedule in the past counts as now") { scenario in
                let past = scenario.now + .seconds(-3_600)
                let rows = try await scenario.insert(
                    scenario.newJob(schedule: .at(past)), scenario.newJob(schedule: .after(.seconds(-5))))
                try expect(rows.map(\.scheduledAt), equals: [scenario.now, scenario.now], "the due times")
                try expect(try await scenario.claim().jobs.count, equals: 2, "the number of due jobs")
            },
        ]
    }

    var insertIdentifierCases: [ConformanceCase] {
        [
            test("a second job of one identifier is refused, and the first one stays as it is") { scenario in
                let job = scenario.newJob("first", input: "1")
                let stored = try await scenario.insert(job)[0]
                var second = scenario.newJob("second", input: "2")
                second.id = job.id
                second.chainID = job.id
                let duplicate = second
                let error = try await expectError(DuplicateJobIDError.self, "a second job of one identifier") {
                    try await scenario.insert(scenario.newJob("other"), duplicate)
                }
                try expect(error.id, equals: job.id, "the identifier that the error names")
                try expect(try await scenario.row(job.id), equals: stored, "the first job")
                try expect(
                    try await scenario.waitingJobCounts(), equals: ["first": 1], "the waiting jobs")
            },
            test("a transaction can go on after a second job of one identifier was refused in it") { scenario in
                let job = scenario.newJob("first")
                let other = scenario.newJob("other")
                try await scenario.transaction { operations in
                    _ = try operations.insertJobs([job])
                    do {
                        _ = try operations.insertJobs([job])
                        throw ConformanceFailure("Expected the second job of one identifier to be refused.")
                    } catch is DuplicateJobIDError {}
                    _ = try operations.insertJobs([other])
                }
                try expect(
                    try await scenario.waitingJobCounts(), equals: ["first": 1, "other": 1],
                    "the waiting jobs")
            },
            test("a successor of an identifier that another job has is refused, and the attempt goes on") { scenario in
                let other = try await scenario.insert(scenario.newJob("other"))[0]
                let row = try await scenario.startClaimed("first")
                var successor = scenario.successor(of: row)
                successor.id = other.id
                let settlement = scenario.settlement(row, .continued(successor))
                let error = try await expectError(DuplicateJobIDError.self, "a successor of another job's identifier") {
                    _ = try await scenario.settle([settlement])
                }
                try expect(error.id, equals: other.id, "the identifier that the error names")
                try expect(try await scenario.row(other.id), equals: other, "the other job")
                try expect(try await scenario.row(row.id), equals: row, "the job whose attempt goes on")
                try await scenario.settle(row, .completed(output: "1"))
            },
        ]
    }

    var insertBlockerCases: [ConformanceCase] {
        [
            test("a job that waits for an open chain is blocked") { scenario in
                let chain = try await scenario.insert(scenario.newJob("first"))[0].chainID
                let row = try await scenario.insert(scenario.newJob(blockers: [chain]))[0]
                try expect(row.hasOpenBlockers, "the job is blocked")
                try expect(row.readyAt, equals: nil, "the time since which the job is ready")
                try expect(row.status(at: scenario.now), equals: .blocked, "the status")
                try expect(try await scenario.row(row.id), equals: row, "the stored row")
                try expect(try await scenario.claim().jobs.count, equals: 0, "the number of jobs to claim")
            },
            test("a job that waits for ended chains only is not blocked") { scenario in
                let chains = [
                    try await scenario.endedChain(output: "1"), try await scenario.endedChain(output: "2"),
                ]
                let row = try await scenario.insert(scenario.newJob(blockers: chains))[0]
                try expect(!row.hasOpenBlockers, "the job is not blocked")
                try expect(row.readyAt, equals: scenario.now, "the time since which the job is ready")
                let outputs = try await scenario.claimOnly().blockers.map(\.output)
                try expect(outputs, equals: ["1", "2"], "the blockers' outputs")
            },
            test("a job that waits for an ended and an open chain waits for the open one") { scenario in
                let ended = try await scenario.endedChain(output: "1")
                let open = try await scenario.startClaimed("open")
                let job = scenario.newJob(blockers: [ended, open.chainID])
                try expect(try await scenario.insert(job)[0].hasOpenBlockers, "the job is blocked")
                let settled = try await scenario.settle(open, .completed(output: "2"))
                try expect(settled.resolved.map(\.unblocksJob), equals: [true], "what the chain's end unblocks")
                try expect(settled.resolved.map(\.ordinal), equals: [1], "the place of the resolved wait")
                let outputs = try await scenario.claimOnly().blockers.map(\.output)
                try expect(outputs, equals: ["1", "2"], "the blockers' outputs")
            },
            test("a chain that has continued but not ended blocks") { scenario in
                let first = try await scenario.startClaimed("first")
                try await scenario.settle(first, .continued(scenario.successor(of: first)))
                let row = try await scenario.insert(scenario.newJob(blockers: [first.chainID]))[0]
                try expect(row.hasOpenBlockers, "the job is blocked")
            },
            test("a job may wait for the same chain twice") { scenario in
                let open = try await scenario.startClaimed("open")
                let ended = try await scenario.endedChain(output: "9")
                let job = scenario.newJob(blockers: [open.chainID, ended, open.chainID, ended])
                try await scenario.insert(job)
                let settled = try await scenario.settle(open, .completed(output: "5"))
                try expect(Set(settled.resolved.map(\.ordinal)), equals: [0, 2], "the places of the resolved waits")
                try expect(
                    settled.resolved.filter(\.unblocksJob).count, equals: 1, "the number of times it is unblocked")
                let outputs = try await scenario.claimOnly().blockers.map(\.output)
                try expect(outputs, equals: ["5", "9", "5", "9"], "the blockers' outputs")
            },
            test("a job may wait for a chain that the same call writes before it") { scenario in
                let first = scenario.newJob("first")
                let rows = try await scenario.insert(first, scenario.newJob(blockers: [first.id]))
                try expect(rows.map(\.hasOpenBlockers), equals: [false, true], "which of the two are blocked")
            },
            test("a blocker that doesn't exist is refused, and nothing of the transaction is written") { scenario in
                let unknown = scenario.makeID()
                let good = scenario.newJob("good")
                let bad = scenario.newJob("bad", blockers: [unknown])
                let error = try await expectError(ChainNotFoundError.self, "an unknown blocker") {
                    try await scenario.insert(good, bad)
                }
                try expect(error.chainID, equals: unknown, "the chain that the error names")
                try expect(try await scenario.waitingJobCounts(), equals: [:], "the waiting jobs")
            },
            test("a job that is no chain's first is refused as a blocker") { scenario in
                let first = try await scenario.startClaimed("first")
                let successor = scenario.successor(of: first)
                try await scenario.settle(first, .continued(successor))
                let error = try await expectError(ChainNotFoundError.self, "a blocker that is not a chain") {
                    try await scenario.insert(scenario.newJob(blockers: [successor.id]))
                }
                try expect(error.chainID, equals: successor.id, "the chain that the error names")
            },
            test("a blocker that started with another type than it must is refused, whatever its state") { scenario in
                let continued = try await scenario.startClaimed("first")
                try await scenario.settle(continued, .continued(scenario.successor(of: continued)))
                let ended = try await scenario.endedChain("first")
                let open = try await scenario.insert(scenario.newJob("first"))[0]
                for chainID in [continued.chainID, ended, open.chainID] {
                    var job = scenario.newJob()
                    job.blockers = [NewJob.Blocker(chainID: chainID, chainTypeName: "next")]
                    let bad = job
                    let error = try await expectError(JobTypeMismatchError.self, "a blocker of another type") {
                        try await scenario.insert(bad)
                    }
                    try expect(error.chainID, equals: chainID, "the chain that the error names")
                    try expect(error.expected, equals: "next", "the type that was asked for")
                    try expect(error.actual, equals: "first", "the type that the chain started with")
                    job.blockers[0].chainTypeName = "first"
                    try await scenario.insert(job)
                }
            },
        ]
    }
}
