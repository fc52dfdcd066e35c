import Queuert

extension StateScenario {
    /// Runs statements of the telemetry outbox in one transaction, if the adapter has any.
    fileprivate func outbox<R: Sendable>(
        _ body: @Sendable (any TelemetryOutboxOperations) throws -> R
    ) async throws -> R? {
        try await transaction { operations in try (operations as? any TelemetryOutboxOperations).map(body) }
    }

    fileprivate func kept(_ signal: String = "traces", limit: Int = 100) async throws -> [KeptTelemetry]? {
        try await outbox { try $0.oldestTelemetry(signal, limit: limit) }
    }

    /// Writes a job, and telemetry in the same transaction.
    fileprivate func keep(_ number: Int, with job: NewJob, on db: isolated Adapter.Connection) throws {
        let operations = adapter.operations(on: db)
        _ = try operations.insertJobs([job])
        try (operations as? any TelemetryOutboxOperations)?.keepTelemetry([message(number)])
    }

    /// Whether the adapter has an outbox; one that has none passes.
    fileprivate var hasOutbox: Bool {
        get async throws { try await outbox { _ in } != nil }
    }
}

private func message(_ number: Int, _ signal: String = "traces", bytes: Int = 10, items: Int = 1) -> TelemetryMessage {
    TelemetryMessage(
        signal: signal, encoding: "protobuf", bytes: [UInt8](repeating: UInt8(number), count: bytes), itemCount: items)
}

extension StateConformance {
    var telemetryCases: [ConformanceCase] {
        [
            test("telemetry is kept as it was given, in order, and each signal's is found alone") { scenario in
                guard try await scenario.hasOutbox else { return }
                let messages = [
                    TelemetryMessage(signal: "traces", encoding: "json", bytes: Array(0...255), itemCount: 7),
                    TelemetryMessage(signal: "traces", encoding: "protobuf", bytes: [], itemCount: 0),
                    message(3, items: 1_000),
                ]
                _ = try await scenario.outbox { try $0.keepTelemetry([messages[0], message(9, "logs")]) }
                _ = try await scenario.outbox { try $0.keepTelemetry(Array(messages.dropFirst())) }
                try expect(try await scenario.kept()?.map(\.message), equals: messages, "the messages")
                try expect(
                    try await scenario.kept("logs")?.map(\.message), equals: [message(9, "logs")], "the other signal's")
                try expect(try await scenario.kept("metrics"), equals: [], "a signal's of which nothing was kept")
                try expect(
                    try await scenario.kept(limit: 2)?.map(\.message), equals: Array(messages.prefix(2)), "two messages"
                )
                let total = TelemetryTotal(items: 1_008, bytes: 276)
                try expect(try await scenario.outbox { try $0.telemetryTotal() }, equals: total, "the sum")
            },
            test("telemetry that is removed is gone, and its identifiers are not used again") { scenario in
                guard try await scenario.hasOutbox else { return }
                _ = try await scenario.outbox { try $0.keepTelemetry((1...4).map { message($0) }) }
                let ids = try require(try await scenario.kept(), "the outbox").map(\.id)
                _ = try await scenario.outbox { try $0.removeTelemetry([ids[1], ids[3], -1]) }
                try expect(try await scenario.kept()?.map(\.id), equals: [ids[0], ids[2]], "what is left")
                _ = try await scenario.outbox { try $0.removeTelemetry([ids[0], ids[2]]) }
                _ = try await scenario.outbox { try $0.keepTelemetry([message(5)]) }
                let next = try require(try await scenario.kept()?.first, "the next message")
                try expect(ids.contains(next.id), equals: false, "whether an identifier is used again")
                _ = try await scenario.outbox { try $0.removeTelemetry([]) }
                try expect(try await scenario.kept()?.count, equals: 1, "the number of messages")
            },
            test("telemetry is there if its transaction is committed, and only then") { scenario in
                guard try await scenario.hasOutbox else { return }
                let (adapter, job) = (scenario.adapter, scenario.newJob())
                _ = try await expectError(Undo.self, "the transaction") {
                    try await scenario.outbox { outbox in
                        _ = try outbox.insertJobs([job])
                        try outbox.keepTelemetry([message(1)])
                        throw Undo()
                    }
                }
                try expect(try await scenario.kept(), equals: [], "what is kept of a rollback")
                let client = Client(adapter: adapter, clock: scenario.clock)
                try await adapter.withTransaction { db in
                    try scenario.keep(2, with: job, on: db)
                    try? await client.withSavepoint(on: db) {
                        try scenario.keep(3, with: scenario.newJob(), on: db)
                        throw Undo()
                    }
                    try await client.withSavepoint(on: db) {
                        try scenario.keep(4, with: scenario.newJob(), on: db)
                        // It fails, and with it nothing but itself.
                        try? await client.withSavepoint(on: db) { try scenario.keep(5, with: job, on: db) }
                    }
                }
                try expect(try await scenario.kept()?.map(\.message), equals: [message(2), message(4)], "what is kept")
                try expect(try await scenario.waitingJobCounts(), equals: ["job": 2], "the waiting jobs")
            },
            test("telemetry that is too old is dropped, of one signal") { scenario in
                guard try await scenario.hasOutbox else { return }
                _ = try await scenario.outbox { try $0.keepTelemetry([message(1, items: 3), message(2, "logs")]) }
                scenario.clock.advance(by: .seconds(60))
                _ = try await scenario.outbox { try $0.keepTelemetry([message(3)]) }
                try expect(
                    try await scenario.outbox { try $0.dropTelemetry("traces", olderThan: .seconds(60)) }, equals: 0,
                    "how much is older than a minute")
                scenario.clock.advance(by: .microseconds(1))
                try expect(
                    try await scenario.outbox { try $0.dropTelemetry("traces", olderThan: .seconds(60)) }, equals: 3,
                    "how much is older than a minute")
                try expect(try await scenario.kept()?.map(\.message), equals: [message(3)], "what is left")
                try expect(try await scenario.kept("logs")?.count, equals: 1, "what is left of the other signal")
            },
            test("telemetry beyond a limit is dropped, the oldest first") { scenario in
                guard try await scenario.hasOutbox else { return }
                _ = try await scenario.outbox { outbox in
                    try outbox.keepTelemetry((1...5).map { message($0, $0 == 2 ? "logs" : "traces", items: $0) })
                }
                try expect(
                    try await scenario.outbox { try $0.dropTelemetry(beyond: 50) }, equals: 0, "what is over the limit")
                try expect(
                    try await scenario.outbox { try $0.dropTelemetry(beyond: 49) }, equals: 1, "what is over the limit")
                try expect(
                    try await scenario.outbox { try $0.dropTelemetry(beyond: 20) }, equals: 5, "what is over the limit")
                try expect(
                    try await scenario.kept()?.map(\.message.itemCount), equals: [4, 5], "what is within the limit")
                try expect(
                    try await scenario.outbox { try $0.dropTelemetry(beyond: 0) }, equals: 9, "what is over the limit")
                try expect(
                    try await scenario.outbox { try $0.telemetryTotal() }, equals: TelemetryTotal(), "what is left")
            },
        ]
    }

    var telemetryLeaderCases: [ConformanceCase] {
        [
            test("one sends telemetry, until it resigns or its time is over") { scenario in
                guard try await scenario.hasOutbox else { return }
                @Sendable func leads(_ name: String) async throws -> Bool? {
                    try await scenario.outbox { try $0.leadTelemetry(name, for: .seconds(30)) }
                }
                try expect(try await leads("a"), equals: true, "whether the first leads")
                try expect(try await leads("b"), equals: false, "whether the second leads")
                scenario.clock.advance(by: .seconds(29))
                try expect(try await leads("a"), equals: true, "whether the first still leads")
                scenario.clock.advance(by: .seconds(29))
                try expect(try await leads("b"), equals: false, "whether the second leads")
                scenario.clock.advance(by: .seconds(1))
                try expect(try await leads("b"), equals: true, "whether the second leads when the time is over")
                try expect(try await leads("a"), equals: false, "whether the first leads again")
                _ = try await scenario.outbox { try $0.resignTelemetry("a") }
                try expect(try await leads("a"), equals: false, "whether one leads who resigned for another")
                _ = try await scenario.outbox { try $0.resignTelemetry("b") }
                try expect(try await leads("a"), equals: true, "whether the first leads")
            },
            test("one who sends telemetry is not waited for once the clock was set back") { scenario in
                guard try await scenario.hasOutbox else { return }
                @Sendable func leads(_ name: String) async throws -> Bool? {
                    try await scenario.outbox { try $0.leadTelemetry(name, for: .seconds(30)) }
                }
                try expect(try await leads("a"), equals: true, "whether the first leads")
                scenario.clock.advance(by: .seconds(-3600))
                try expect(try await leads("b"), equals: true, "whether the second leads when the clock was set back")
                try expect(try await leads("a"), equals: false, "whether the first leads again")
                scenario.clock.advance(by: .microseconds(-1))
                try expect(try await leads("b"), equals: true, "whether the second prolongs its time")
                try expect(try await leads("a"), equals: false, "whether the first leads while the second does")
                scenario.clock.advance(by: .seconds(30))
                try expect(try await leads("a"), equals: true, "whether the first leads when the time is over")
            },
        ]
    }
}
