import Queuert

/// What a case throws to leave a listener's scope.
private struct Leave: Error {}

extension NotifyConformance {
    /// When a listener listens.
    var scopeCases: [ConformanceCase] {
        [
            test("a listener's scope returns what its body returns") { adapter in
                let value = await adapter.withListener({ _ in }) { 7 }
                try expect(value, equals: 7, "what the scope returns")
            },
            test("a listener's scope throws what its body throws") { adapter in
                _ = try await expectError(Leave.self, "the scope") {
                    try await adapter.withListener({ _ in }) { throw Leave() }
                }
            },
            test("a listener listens as soon as its body begins") { adapter in
                // Sent at once, without waiting for anything: nothing in between may be lost.
                for number in 0..<20 {
                    let log = HintLog()
                    let hint = WakeHint(dueTypes: ["type-\(number)"])
                    try await adapter.withListener(log.listener) {
                        adapter.send(hint)
                        _ = try await log.wait(for: hint)
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
                let late = await left.drain().filter { $0.dueTypes.contains("outside") }
                try expect(late, equals: [], "the hints after the scope")
            },
            test("a listener's scope that is cancelled ends, and others go on") { adapter in
                let stays = HintLog()
                try await adapter.withListener(stays.listener) {
                    let begun = HintLog()
                    let task = Task {
                        try await adapter.withListener(begun.listener) {
                            adapter.send(WakeHint(dueTypes: ["begun"]))
                            try await Task.sleep(for: .seconds(3_600))
                        }
                    }
                    _ = try await stays.wait(for: WakeHint(dueTypes: ["begun"]))
                    task.cancel()
                    _ = try await expectError(CancellationError.self, "the scope") { try await task.value }
                    adapter.send(WakeHint(dueTypes: ["after"]))
                    _ = try await stays.wait(for: WakeHint(dueTypes: ["after"]))
                }
            },
            test("a scope inside a scope ends by itself") { adapter in
                let outer = HintLog()
                try await adapter.withListener(outer.listener) {
                    await adapter.withListener({ _ in }) {}
                    adapter.send(WakeHint(dueTypes: ["a"]))
                    _ = try await outer.wait(for: WakeHint(dueTypes: ["a"]))
                }
            },
            test("one listener function may listen twice") { adapter in
                let log = HintLog()
                let listener = log.listener
                try await adapter.withListener(listener) {
                    try await adapter.withListener(listener) {
                        adapter.send(WakeHint(dueTypes: ["a"]))
                        _ = try await log.wait(for: WakeHint(dueTypes: ["a"]))
                        _ = try await log.wait(for: WakeHint(dueTypes: ["a"]))
                    }
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
        ]
    }
}
