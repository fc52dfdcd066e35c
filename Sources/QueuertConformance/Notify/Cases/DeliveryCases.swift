import Queuert

extension NotifyConformance {
    /// What arrives, and where.
    var deliveryCases: [ConformanceCase] {
        [
            test("a hint arrives at every listener") { adapter in
                let logs = [HintLog(), HintLog(), HintLog()]
                let hint = WakeHint(
                    dueTypes: ["a", "b"], dueJobs: ["c": 2], completedChains: [JobID(rawValue: "chain")],
                    lostLeases: [JobID(rawValue: "job")])
                try await adapter.withListener(logs[0].listener) {
                    try await adapter.withListener(logs[1].listener) {
                        try await adapter.withListener(logs[2].listener) {
                            adapter.send(hint)
                            for log in logs { try expect(try await log.wait(for: hint), equals: hint, "the hint") }
                        }
                    }
                }
            },
            test("types that became due arrive by name") { try await Self.arrives(WakeHint(dueTypes: ["a"]), $0) },
            test("jobs that became due arrive by type and number") {
                try await Self.arrives(WakeHint(dueJobs: ["a": 1, "b": 70_000]), $0)
            },
            test("types and numbers of jobs stay apart") {
                try await Self.arrives(WakeHint(dueTypes: ["any number"], dueJobs: ["two": 2]), $0)
            },
            test("chains that ended arrive") {
                try await Self.arrives(WakeHint(completedChains: [JobID(rawValue: "chain")]), $0)
            },
            test("leases that were taken away arrive") {
                try await Self.arrives(WakeHint(lostLeases: [JobID(rawValue: "job")]), $0)
            },
            test("a hint that others may have been lost arrives") { adapter in
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    adapter.send(WakeHint(isGap: true))
                    try await log.waitForGap()
                }
            },
            test("names and identifiers arrive as they are, whatever they hold") {
                let text = "ü \"quoted\" 'single' \\ back; -- $1 {} [] \u{1F680}"
                try await Self.arrives(
                    WakeHint(
                        dueTypes: [text], dueJobs: ["2 \(text)": 2], completedChains: [JobID(rawValue: text)],
                        lostLeases: [JobID(rawValue: text)]), $0)
            },
            test("a large hint arrives in full, in however many parts") {
                let jobs = Set((0..<2_000).map { JobID(rawValue: "0190a0a0-0000-7000-8000-\(1_000_000_000_000 + $0)") })
                try await Self.arrives(WakeHint(completedChains: jobs, lostLeases: jobs), $0)
            },
            test("the numbers of a large hint arrive in full, in however many parts") {
                let jobs = Dictionary(uniqueKeysWithValues: (1...2_000).map { ("type-\($0)", $0) })
                try await Self.arrives(WakeHint(dueJobs: jobs), $0)
            },
            test("the numbers of hints that are sent in a row add up") { adapter in
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    for _ in 0..<100 { adapter.send(WakeHint(dueJobs: ["a": 2])) }
                    _ = try await log.wait(for: WakeHint(dueJobs: ["a": 200]))
                }
            },
            test("a hint about nothing disturbs nobody, and what follows arrives") { adapter in
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    adapter.send(WakeHint())
                    adapter.send(WakeHint(dueTypes: ["a"]))
                    _ = try await log.wait(for: WakeHint(dueTypes: ["a"]))
                }
            },
            test("the same hint may be sent again and again") { adapter in
                let log = HintLog()
                let hint = WakeHint(dueTypes: ["a"])
                try await adapter.withListener(log.listener) {
                    for _ in 0..<3 {
                        adapter.send(hint)
                        _ = try await log.wait(for: hint)
                    }
                }
            },
            test("what is sent in a row all arrives") { adapter in
                let log = HintLog()
                let types = Set((0..<100).map { "type-\($0)" })
                try await adapter.withListener(log.listener) {
                    for type in types { adapter.send(WakeHint(dueTypes: [type])) }
                    _ = try await log.wait(for: WakeHint(dueTypes: types))
                }
            },
            test("kinds of hints are told apart") { adapter in
                let log = HintLog()
                let same = JobID(rawValue: "same")
                try await adapter.withListener(log.listener) {
                    adapter.send(WakeHint(completedChains: [same]))
                    let seen = try await log.wait(for: WakeHint(completedChains: [same]))
                    try expect(seen, equals: WakeHint(completedChains: [same]), "the hint")
                }
            },
            test("listeners are told that they may have missed something when the service was out of reach") {
                [subject] adapter in
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    guard try await subject.interrupt(adapter) else { return }
                    try await log.waitForGap()
                    try await Self.arrives(WakeHint(dueTypes: ["after"]), adapter)
                }
            },
        ]
    }

    private static func arrives(_ hint: WakeHint, _ adapter: Subject.Adapter) async throws {
        let log = HintLog()
        try await adapter.withListener(log.listener) {
            adapter.send(hint)
            try expect(try await log.wait(for: hint), equals: hint, "the hint")
        }
    }
}
