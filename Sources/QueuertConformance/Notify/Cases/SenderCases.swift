import Queuert

extension NotifyConformance {
    /// Who sends, and from where.
    var senderCases: [ConformanceCase] {
        [
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
            test("sending without listeners is allowed") { adapter in
                adapter.send(WakeHint(dueTypes: ["a"]))
                adapter.send(WakeHint())
            },
            test("what was sent before anybody listened harms nobody") { adapter in
                adapter.send(WakeHint(dueTypes: ["before"]))
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    adapter.send(WakeHint(dueTypes: ["after"]))
                    _ = try await log.wait(for: WakeHint(dueTypes: ["after"]))
                }
            },
            test("a listener may send a hint itself") { adapter in
                let log = HintLog()
                let answer = WakeHint(dueTypes: ["answer"])
                let listener = log.listener
                try await adapter.withListener({ hint in
                    listener(hint)
                    if hint.dueTypes.contains("question") { adapter.send(answer) }
                }) {
                    adapter.send(WakeHint(dueTypes: ["question"]))
                    _ = try await log.wait(for: WakeHint(dueTypes: ["question", "answer"]))
                }
            },
            test("a task that was cancelled may send a hint") { adapter in
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    let task = Task {
                        while !Task.isCancelled { await Task.yield() }
                        adapter.send(WakeHint(dueTypes: ["late"]))
                    }
                    task.cancel()
                    _ = try await log.wait(for: WakeHint(dueTypes: ["late"]))
                }
            },
            test("hints arrive after many listeners have come and gone") { adapter in
                for _ in 0..<200 { await adapter.withListener({ _ in }) {} }
                let log = HintLog()
                try await adapter.withListener(log.listener) {
                    adapter.send(WakeHint(dueTypes: ["a"]))
                    _ = try await log.wait(for: WakeHint(dueTypes: ["a"]))
                }
            },
        ]
    }
}
