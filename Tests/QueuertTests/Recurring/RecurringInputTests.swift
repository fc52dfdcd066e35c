import Foundation
import Queuert
import Testing

private enum Report: EntryJobType {
    static let name = "report"
    struct Input: Codable, Sendable, Equatable { var recipients: [String: Int] }
    typealias Output = Input
    static func validate(input: Input) throws { if input.recipients.isEmpty { throw NoRecipients() } }
    struct NoRecipients: Error {}
}

private enum Daily: EntryJobType {
    static let name = "daily"
    typealias Input = Occurrence<Report.Input>
    typealias Output = Input
}

private enum Other: EntryJobType {
    static let name = "other"
    typealias Input = Int
    typealias Output = Int
}

/// Never writes the same text twice, as one that encrypts would not.
private struct SaltingCodec: PayloadCodec {
    private let json = JSONPayloadCodec()

    func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
        "\(UUID().uuidString)\(kind.typeName):" + (try json.encode(value, as: kind))
    }
    func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value {
        let prefix = 36 + kind.typeName.utf8.count + 1
        try #require(text.prefix(prefix).hasSuffix("\(kind.typeName):"))
        return try json.decode(type, from: String(text.dropFirst(prefix)), as: kind)
    }
}

@Suite("Inputs of what recurs", .timeLimit(.minutes(20))) struct RecurringInputTests {
    private let input = Report.Input(recipients: ["a": 1, "b": 2, "c": 3, "d": 4])

    @Test("pass through the client's codec, and are the same definition whatever that writes")
    func codec() async throws {
        let clock = ManualClock()
        let client = Client(adapter: MemoryStateAdapter(clock: clock), codec: SaltingCodec(), clock: clock)
        let rule = try Recurrence.every(.seconds(60))
        for _ in 0..<5 {
            try await client.startRecurring("report", Report.self, input: input, rule)
            try await client.startRecurring("daily", Daily.self, payload: input, rule)
        }
        #expect(try await client.chains().items.count == 2)
        let due = clock.now + .seconds(60)
        clock.advance(by: .seconds(60))
        let processors: [Processor<MemoryStateAdapter>] = [
            .recurrences(of: client), .detached(Report.self) { .finish($0.input) },
            .detached(Daily.self) { .finish($0.input) },
        ]
        let (output, daily) = try await withWorker(client, processors) {
            (
                try await client.awaitJobChain(chain(Report.self, client)).output,
                try await client.awaitJobChain(chain(Daily.self, client)).output
            )
        }
        #expect(output == input)
        #expect(daily == Occurrence(time: due, payload: input))
    }

    /// The first chain of a type, once there is one.
    private func chain<Entry: EntryJobType>(
        _: Entry.Type, _ client: Client<MemoryStateAdapter>
    ) async throws -> Chain<Entry> {
        while true {
            if let found = try await client.chains(ChainQuery(typeNames: [Entry.name])).items.first {
                return Chain(id: found.first.id)
            }
            try Task.checkCancellation()
            await Task.yield()
        }
    }

    @Test("are refused at the start, as are types that the client doesn't know")
    func refused() async throws {
        let client = Client(adapter: MemoryStateAdapter(), types: try JobTypes(Report.self))
        let rule = try Recurrence.every(.seconds(60))
        let invalid = try await #require(throws: JobDataError.self) {
            try await client.startRecurring("report", Report.self, input: .init(recipients: [:]), rule)
        }
        #expect(invalid.code == .inputInvalid)
        await #expect(throws: UnknownJobTypeError.self) {
            try await client.startRecurring("other", Other.self, input: 1, rule)
        }
        try await client.startRecurring("report", Report.self, input: input, rule)
        #expect(try await client.recurringWork().map(\.name) == ["report"])
    }
}
