import Queuert

/// What a case throws to leave a listener's scope.
private struct Leave: Error {}

/// What every notify adapter that tells anybody must do, as cases.
public struct NotifyConformance<Subject: NotifyAdapterUnderTest>: Sendable {
    private let subject: Subject

    /// Makes the cases for an adapter.
    ///
    /// - Parameter subject: Makes the adapters.
    public init(of subject: Subject) { self.subject = subject }

    private func test(
        _ name: String, _ body: @escaping @Sendable (Subject.Adapter) async throws -> Void
    ) -> ConformanceCase {
        let subject = subject
        return ConformanceCase(name) { try await subject.withAdapter(body) }
    }

    /// All cases.
    public var cases: [ConformanceCase] {
        [
            test("a listener's scope returns what its body returns") { adapter in
                let value = await adapter.withListener({ _ in }) { 7 }
                try expect(value, equals: 7, "what the scope returns")
            },
            test("a hint arrives at every listener") { adapter in
                let logs = [HintLog(), HintLog(), HintLog()]
                let hint = WakeHint(dueTypes: ["a", "b"], completedChains: [JobID(rawValue: "chain")])
                try await adapter.withListener(logs[0].listener) {
                    try await adapter.withListener(logs[1].listener) {
                        try await adapter.withListener(logs[2].listener) {
                            adapter.send(hint)
                            for log in logs { try expect(try await log.wait(for: hint), equals: hint, "the hint") }
                        }
                    }
                }
            },
            test("a listener is told of nothing after its scope, also one that was left by an error") { adapter in
                let left = HintLog()
                let stays = HintLog()
                try await adapter.withListener(stays.listener) {
                    _ = try await expectError(Leave.self, "the scope") {
                        try await adapter.withListener(left.listener) {
                            adapter.send(WakeHint(dueTypes: ["inside"]))
                            _ = try await left.wait(for: WakeHint(dueTypes: ["inside"]))
                            throw Leave()
                        }
                    }
                    adapter.send(WakeHint(dueTypes: ["outside"]))
                    _ = try await stays.wait(for: WakeHint(dueTypes: ["inside", "outside"]))
                }
                try expect(await left.drain(), equals: [], "the hints after the scope")
            },
            test("hints of many senders all arrive") { adapter in
                let log = HintLog()
                let chains = (0..<200).map { JobID(rawValue: "chain-\($0)") }
                try await adapter.withListener(log.listener) {
                    await withTaskGroup(of: Void.self) { group in
                        for chain in chains {
                            group.addTask { adapter.send(WakeHint(completedChains: [chain])) }
                        }
                    }
                    let seen = try await log.wait(for: WakeHint(completedChains: Set(chains)))
                    try expect(seen.completedChains, equals: Set(chains), "the chains that the listener was told of")
                }
            },
            test("listeners may come and go while hints are sent") { adapter in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<20 {
                        group.addTask {
                            let log = HintLog()
                            let hint = WakeHint(dueTypes: ["type-\(number)"])
                            try await adapter.withListener(log.listener) {
                                adapter.send(hint)
                                _ = try await log.wait(for: hint)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            },
            test("sending without listeners is allowed") { adapter in
                adapter.send(WakeHint(dueTypes: ["a"]))
                adapter.send(WakeHint())
            },
        ]
    }
}
