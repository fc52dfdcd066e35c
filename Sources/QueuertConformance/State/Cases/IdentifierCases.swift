import Queuert

extension StateConformance {
    var identifierCases: [ConformanceCase] {
        [
            test("a job with an identifier that a job has already is refused, and that one stays as it is") {
                scenario in
                let row = try await scenario.insert(scenario.newJob(input: "1"))[0]
                var again = scenario.newJob(input: "2")
                again.id = row.id
                again.chainID = row.id
                let error = try await expectError(DuplicateJobIDError.self, "a second job with an identifier") {
                    try await scenario.insert(scenario.newJob("other"), again)
                }
                try expect(error.id, equals: row.id, "the identifier that the error names")
                try expect(try await scenario.row(row.id), equals: row, "the row of the first job")
                try expect(try await scenario.waitingJobCounts(), equals: ["job": 1], "the waiting jobs")
            },
            test("two jobs of one call with one identifier are refused") { scenario in
                let job = scenario.newJob()
                let error = try await expectError(DuplicateJobIDError.self, "two jobs with one identifier") {
                    try await scenario.insert(job, scenario.newJob(), job)
                }
                try expect(error.id, equals: job.id, "the identifier that the error names")
                try expect(try await scenario.waitingJobCounts(), equals: [:], "the waiting jobs")
            },
            test("of very many jobs of one call none is written if one has an identifier that a job has already") {
                scenario in
                let waiting = try await scenario.insert(scenario.newJob())[0].id
                for taken in [waiting, try await scenario.endedChain()] {
                    var jobs = (0..<600).map { _ in scenario.newJob("many") }
                    jobs[400].id = taken
                    jobs[400].chainID = taken
                    let error = try await expectError(DuplicateJobIDError.self, "one of 600 with a taken identifier") {
                        [jobs] in
                        try await scenario.insert(jobs)
                    }
                    try expect(error.id, equals: taken, "the identifier that the error names")
                    try expect(try await scenario.waitingJobCounts(), equals: ["job": 1], "the waiting jobs")
                }
            },
            test("a transaction can go on after very many jobs of one call were refused in it") { scenario in
                for taken in [try await scenario.insert(scenario.newJob())[0].id, try await scenario.endedChain()] {
                    var jobs = (0..<600).map { _ in scenario.newJob("many") }
                    jobs[400].id = taken
                    jobs[400].chainID = taken
                    let (refused, other) = (jobs, scenario.newJob("other"))
                    try await scenario.transaction { operations in
                        do {
                            _ = try operations.insertJobs(refused)
                            throw ConformanceFailure("Expected 600 jobs, of which one exists, to be refused.")
                        } catch is DuplicateJobIDError {}
                        _ = try operations.insertJobs([other])
                    }
                }
                try expect(
                    try await scenario.waitingJobCounts(), equals: ["job": 1, "other": 2], "the waiting jobs")
            },
            test("a job that follows can't have an identifier that a job has already, and the attempt stays open") {
                scenario in
                let other = try await scenario.endedChain()
                let row = try await scenario.startClaimed()
                var next = scenario.successor(of: row)
                for taken in [other, row.id] {
                    next.id = taken
                    let error = try await expectError(DuplicateJobIDError.self, "a successor with a taken identifier") {
                        [next] in
                        try await scenario.settle(row, .continued(next))
                    }
                    try expect(error.id, equals: taken, "the identifier that the error names")
                }
                try expect(try await scenario.row(row.id), equals: row, "the row of the job that was to continue")
                try await scenario.settle(row, .completed(output: "1"))
            },
            test("of many who write a job with one identifier at the same time one does") { scenario in
                let job = scenario.newJob()
                let results = try await scenario.concurrently(6) { _ in
                    await Result { try await scenario.insert(job) }
                }
                try expect(results.count { (try? $0.get()) != nil }, equals: 1, "the number of jobs that are written")
            },
        ]
    }

    /// What identifiers may be.
    var identifierFormCases: [ConformanceCase] {
        guard subject.takesAnyIdentifier else {
            return [
                test("an identifier that is no UUID in lower case is refused, and finds nothing") { scenario in
                    let row = try await scenario.startClaimed()
                    for text in ["order 17", "", row.id.rawValue.uppercased(), row.id.rawValue + "0"] {
                        let id = JobID(rawValue: text)
                        let job = NewJob(
                            id: id, typeName: "job", chainID: id, chainTypeName: "job", chainIndex: 0, input: "1")
                        let error = try await expectError(InvalidJobIDError.self, "an identifier that is no UUID") {
                            try await scenario.insert(job)
                        }
                        try expect(error.id, equals: id, "the identifier that the error names")
                        var successor = scenario.successor(of: row)
                        successor.id = id
                        let settlement = scenario.settlement(row, .continued(successor))
                        _ = try await expectError(InvalidJobIDError.self, "a successor's identifier that is no UUID") {
                            _ = try await scenario.settle([settlement])
                        }
                        let missing = try await expectError(ChainNotFoundError.self, "a blocker that is no UUID") {
                            try await scenario.insert(scenario.newJob(blockers: [id]))
                        }
                        try expect(missing.chainID, equals: id, "the chain that the error names")
                        try expect(try await scenario.job(id), equals: nil, "the job")
                        try expect(try await scenario.existing([id, row.id]), equals: [row.id], "the chains")
                        let unknown = try await expectError(JobNotFoundError.self, "triggering what is no UUID") {
                            try await scenario.trigger([id])
                        }
                        try expect(unknown.jobID, equals: id, "the job that the error names")
                    }
                    try await scenario.settle(row, .completed(output: "1"))
                }
            ]
        }
        return [
            test("an identifier of a caller's own is stored as it is") { scenario in
                let id = JobID(rawValue: "order 17/ä 🎈 '\"\\%")
                let job = NewJob(
                    id: id, typeName: "job", chainID: id, chainTypeName: "job", chainIndex: 0, input: "1")
                try expect(try await scenario.insert(job).map(\.id), equals: [id], "the returned identifier")
                try expect(try await scenario.row(id).id, equals: id, "the stored identifier")
                try expect(try await scenario.claimOnly().row.id, equals: id, "the claimed identifier")
            },
            test("identifiers may be any text") { scenario in
                for text in ["a", "order/4711", "ü–🦆", "with space", "'; --", "1", String(repeating: "x", count: 500)] {
                    var job = scenario.newJob()
                    job.id = JobID(rawValue: text)
                    job.chainID = job.id
                    try await scenario.insert(job)
                    let row = try await scenario.claimOnly().row
                    try expect(row.id.rawValue, hasBytesOf: text, "the identifier")
                    try await scenario.settle(row, .completed(output: "1"))
                    try expect(try await scenario.status(job.id), equals: .completed, "the status")
                }
            },
            test("identifiers of different bytes are different, also where they look the same") { scenario in
                // A letter with an accent, composed and decomposed; and one with two accents, in either order.
                let texts = ["\u{e9}", "e\u{301}", "s\u{323}\u{307}", "s\u{307}\u{323}"]
                for (number, text) in texts.enumerated() {
                    var job = scenario.newJob(input: "\(number)")
                    job.id = JobID(rawValue: text)
                    job.chainID = job.id
                    try await scenario.insert(job)
                }
                for (number, text) in texts.enumerated() {
                    let row = try await scenario.job(JobID(rawValue: text))
                    try expect(row?.id.rawValue, hasBytesOf: text, "the identifier")
                    try expect(row?.input, equals: "\(number)", "the input of the job")
                }
                let claimed = try await scenario.claim().jobs
                try expect(Set(claimed.map(\.row.id)).count, equals: 4, "the number of jobs that are claimed")
                let results = try await scenario.settle(
                    claimed.map { scenario.settlement($0.row, .completed(output: $0.row.input)) })
                try expect(results.contains { $0.isLeaseLost }, equals: false, "whether a lease is lost")
                for (number, text) in texts.enumerated() {
                    let output = try await scenario.job(JobID(rawValue: text))?.output
                    try expect(output, equals: "\(number)", "the output of the job")
                }
            },
        ]
    }
}
