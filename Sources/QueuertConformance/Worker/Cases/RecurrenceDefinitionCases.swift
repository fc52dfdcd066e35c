import Queuert

extension WorkerConformance {
    var recurrenceDefinitionCases: [ConformanceCase] {
        [
            test("any number of processes that start the same recurrence at once make one, and later ones none") {
                scenario in
                let works = try await withThrowingTaskGroup(of: RecurringWork.self) { group in
                    for _ in 0..<20 { group.addTask { try await scenario.startTicking() } }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                try expect(Set(works).count, equals: 1, "the number of different recurrences")
                scenario.clock.advance(by: minute * 2)
                let later = try await scenario.startTicking()
                try expect(later, equals: works[0], "the recurrence of one that starts later")
                try expect(try await scenario.chains(of: "queuert.recurrence").count, equals: 1, "the number of jobs")
            },
            test("a definition that changed takes the place of the one before, with what it was waiting for") {
                scenario in
                let start = scenario.clock.now
                try await scenario.startTicking("old")
                scenario.clock.advance(by: minute + .seconds(30))
                // The same rule: the occurrence that was missed is not forgotten.
                let sameRule = try await scenario.startTicking("new")
                try expect(sameRule.nextOccurrence, equals: start + minute, "the occurrence with the same rule")
                let otherRule = try await scenario.startTicking("new", every: .seconds(600))
                try expect(otherRule.nextOccurrence, equals: start + .seconds(600), "the occurrence with another rule")
                try await scenario.expectOneRecurrence()
                try expect(
                    try await scenario.chains(of: "queuert.recurrence", [.cancelled]).count, equals: 2,
                    "the number of definitions that were replaced")
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    try await scenario.passOccurrence(after: .seconds(510))
                    try await scenario.journal.wait(of: "completed tick")
                }
                try expect(try await scenario.startedTicks(), equals: [600], "the occurrences")
            },
            test("the first occurrence is the next one by the database's time, whatever the time is here") { scenario in
                for (name, skew) in [("ahead", Duration.seconds(90)), ("behind", Duration.seconds(-90))] {
                    let here = ManualClock(start: scenario.clock.now + skew)
                    let client = Client(
                        adapter: scenario.adapter, identifiers: scenario.state.identifiers, clock: here)
                    let work = try await client.startRecurring(name, Count.self, input: 1, .every(minute))
                    try expect(
                        work.nextOccurrence, equals: scenario.clock.now + minute, "the first occurrence, \(name)")
                }
            },
            test("a definition that is undone with its transaction changes nothing") { scenario in
                let first = try await scenario.startTicking("old")
                _ = try await expectError(HandlerFailure.self, "the transaction") {
                    try await scenario.client.withTransaction { db in
                        try await scenario.client.startRecurring(
                            "ticks", Tick.self, payload: "new", .every(.seconds(10)), on: db)
                        try await scenario.client.stopRecurring("ticks", on: db)
                        throw HandlerFailure()
                    }
                }
                try expect(try await scenario.client.recurringWork(), equals: [first], "what recurs")
            },
            test("a definition that changes while an occurrence is being processed leaves one recurrence") { scenario in
                let start = scenario.clock.now
                try await scenario.startTicking("old")
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    let hold = scenario.faults.hold(.insertJobs)
                    scenario.advance(by: minute, waking: "queuert.recurrence")
                    try await hold.reached()
                    async let changed = scenario.startTicking("new")
                    hold.release()
                    let work = try await changed
                    try expect(work.nextOccurrence, equals: start + minute * 2, "the next occurrence")
                    try await scenario.journal.wait(of: "completed tick")
                    try await scenario.passOccurrence()
                    try await scenario.journal.wait(for: 2, of: "completed tick")
                }
                try expect(try await scenario.startedTicks(), equals: [60, 120], "the occurrences")
                try await scenario.expectOneRecurrence()
            },
            test(
                "a recurrence that is stopped starts nothing more, what it started goes on, and it may be started again"
            ) {
                scenario in
                let start = scenario.clock.now
                let client = scenario.client
                try expect(try await !client.stopRecurring("ticks"), "there was nothing to stop")
                try await scenario.startTicking(overlappingRuns: .allow)
                try await scenario.withWorker([scenario.recurrences]) { _ in
                    try await scenario.passOccurrence()
                    try expect(try await client.stopRecurring("ticks"), "the recurrence was stopped")
                    try expect(try await !client.stopRecurring("ticks"), "it was stopped once")
                    try expect(try await client.recurringWork(), equals: [], "what recurs")
                }
                scenario.clock.advance(by: minute * 3)
                try await scenario.withWorker([scenario.recurrences, scenario.ticks(start)]) { _ in
                    try await scenario.journal.wait(of: "completed tick")
                    try await scenario.startTicking()
                    try await scenario.passOccurrence()
                    try await scenario.journal.wait(for: 2, of: "completed tick")
                }
                try expect(try await scenario.startedTicks(), equals: [60, 300], "the occurrences")
            },
            test("names of different bytes are names of two recurrences, also where they look the same") { scenario in
                let client = scenario.client
                // A letter with an accent, composed and decomposed.
                for name in ["\u{e9}", "e\u{301}"] {
                    try await client.startRecurring(name, Count.self, input: 1, .every(minute))
                }
                let names = try await client.recurringWork().map { Array($0.name.utf8) }
                try expect(names, equals: [[0x65, 0xcc, 0x81], [0xc3, 0xa9]], "the bytes of the names")
                try expect(try await client.stopRecurring("\u{e9}"), "one of them was stopped")
                let left = try await client.recurringWork()
                try expect(left.count, equals: 1, "the number of those that are left")
                try expect(left.first?.name, hasBytesOf: "e\u{301}", "the name of the other one")
            },
            test("what recurs is listed by name, with its rule and its next time") { scenario in
                let start = scenario.clock.now
                let client = scenario.client
                let mode = TraceMode.bounded(window: .seconds(90), jobs: 5)
                try await client.startRecurring(
                    "b", Echo.self, input: "x", .every(minute), priority: .high, trace: mode)
                try await client.startRecurring(
                    "a", Count.self, input: 1, .cron("0 3 * * *", timeZone: "Europe/Berlin"), missedRuns: .skip,
                    overlappingRuns: .allow)
                let works = try await client.recurringWork()
                try expect(works.map(\.name), equals: ["a", "b"], "the names")
                try expect(works.map(\.entryTypeName), equals: ["count", "echo"], "the types")
                try expect(works[0].rule.description, equals: "0 3 * * * (Europe/Berlin)", "the rule")
                try expect(works[0].missedRuns, equals: .skip, "the policy for missed runs")
                try expect(works[0].overlappingRuns, equals: .allow, "the policy for overlapping runs")
                try expect(works[1].priority, equals: .high, "the priority")
                try expect(works.map(\.trace), equals: [nil, mode], "the trace modes")
                // The clock starts at midnight UTC, which is one o'clock in Berlin.
                try expect(
                    works.map(\.nextOccurrence), equals: [start + .seconds(7_200), start + minute], "the next times")
                for name in ["", String(repeating: "x", count: 201)] {
                    _ = try await expectError(InvalidRecurrenceNameError.self, "a name of \(name.count) bytes") {
                        try await client.startRecurring(name, Echo.self, input: "x", .every(minute))
                    }
                }
            },
        ]
    }
}
