import Queuert
import Testing

private enum Report: EntryJobType {
    static let name = "report"
    typealias Input = String
    typealias Output = String
}

/// Reads nothing while it lacks its key.
private struct KeyedCodec: PayloadCodec {
    struct KeyMissing: Error {}
    let hasKey = Locked(true)

    func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
        try JSONPayloadCodec().encode(value, as: kind)
    }
    func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value {
        guard hasKey.withLock({ $0 }) else { throw KeyMissing() }
        return try JSONPayloadCodec().decode(type, from: text, as: kind)
    }
}

/// Writes one text where another should be, as a program of another version, or on another machine, might.
private struct ReplacingCodec: PayloadCodec {
    let text: String
    let replacement: String

    func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
        try JSONPayloadCodec().encode(value, as: kind).replacing(text, with: replacement)
    }
    func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value {
        try JSONPayloadCodec().decode(type, from: text, as: kind)
    }
}

@Suite("What recurs and can't be read", .timeLimit(.minutes(2))) struct RecurrenceCodecTests {
    private let clock = ManualClock()

    private func start(_ client: Client<MemoryStateAdapter>) async throws -> RecurringWork {
        try await client.startRecurring(
            "nightly", Report.self, input: "all", .cron("0 3 * * *", timeZone: "Europe/Berlin"))
    }

    private func statuses(_ client: Client<MemoryStateAdapter>) async throws -> [JobStatus] {
        let rows = try await client.jobs(JobQuery(order: .oldestFirst)).items
        return rows.map { $0.status(at: clock.now) }
    }

    @Test("because the codec fails for a moment is left as it is, and whoever starts it is told")
    func missingKey() async throws {
        let codec = KeyedCodec()
        let client = Client(adapter: MemoryStateAdapter(clock: clock), codec: codec, clock: clock)
        let work = try await start(client)
        codec.hasKey.withLock { $0 = false }
        let error = try await #require(throws: JobDataError.self) { try await start(client) }
        #expect(error.code == .inputNotDecodable)
        #expect(error.direction == .reading)
        #expect(error.typeName == "queuert.recurrence")
        codec.hasKey.withLock { $0 = true }
        #expect(try await start(client) == work)
        #expect(try await statuses(client) == [.scheduled])
    }

    @Test(
        "because of its rule or its form is defined anew",
        arguments: [("Europe/Berlin", "Europe/Atlantis"), ("0 3 * * *", "0 33 * * *"), ("missedRuns", "missed")])
    func otherForm(_ text: String, _ replacement: String) async throws {
        let adapter = MemoryStateAdapter(clock: clock)
        let codec = ReplacingCodec(text: text, replacement: replacement)
        _ = try await start(Client(adapter: adapter, codec: codec, clock: clock))
        let client = Client(adapter: adapter, clock: clock)
        let work = try await start(client)
        #expect(try await client.recurringWork() == [work])
        #expect(try await statuses(client) == [.cancelled, .scheduled])
    }
}
