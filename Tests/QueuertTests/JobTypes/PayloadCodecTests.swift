import Queuert
import Testing

@Suite("Codecs", .timeLimit(.minutes(20))) struct PayloadCodecTests {
    enum Greet: EntryJobType {
        static let name = "greet"
        struct Input: Codable, Sendable, Equatable { var name: String; var link: String }
        typealias Output = [String]
        struct Next: Continuations { let end = To<End>() }
    }
    enum End: JobType { static let name = "end"; typealias Input = Int; typealias Output = [String] }
    enum Collect: EntryJobType {
        static let name = "collect"
        typealias Input = Double
        typealias Output = Int
        typealias Blockers = BlockedByAll<Greet>
    }

    /// Marks what it stores with what it was told, as a codec that encrypts would bind it; reads JSON, too.
    struct Marking: PayloadCodec {
        struct WrongMark: Error { var secret = "hidden" }
        struct Refused: Error { var secret = "hidden" }
        var refusesOutputs = false

        func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
            if refusesOutputs, kind.role == .output { throw Refused() }
            return "\(kind.role.rawValue) of \(kind.typeName)|\(try JSONPayloadCodec().encode(value, as: kind))"
        }
        func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value {
            let json = JSONPayloadCodec()
            guard let bar = text.firstIndex(of: "|") else { return try json.decode(type, from: text, as: kind) }
            guard text[..<bar] == "\(kind.role.rawValue) of \(kind.typeName)" else { throw WrongMark() }
            return try json.decode(type, from: String(text[text.index(after: bar)...]), as: kind)
        }
    }

    private let processors: [Processor<MemoryStateAdapter>] = [
        .atomic(Greet.self) { job, _ in .continueWith(\.end, input: job.input.name.utf8.count) },
        .detached(End.self) { job in .finish(["\(job.input)"]) },
        .staged(Collect.self) { job, attempt in
            let outputs = job.blockers
            return try await attempt.complete { _ in .finish(outputs.joined().count) }
        },
    ]

    @Test("values are stored as JSON by default")
    func json() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let chain = try await client.startJobChain(Greet.self, input: .init(name: "Ä\"", link: "http://a/b"))
        try await withWorker(client, processors) { _ = try await client.awaitJobChain(chain) }
        let jobs = try await client.jobs(ofChain: chain.id)
        // The order of the keys is the encoder's.
        let inputs = [#"{"name":"Ä\"","link":"http://a/b"}"#, #"{"link":"http://a/b","name":"Ä\""}"#]
        #expect(inputs.contains(jobs[0].input))
        #expect(jobs.map(\.output) == [nil, #"["3"]"#])
    }

    @Test("what JSON can't hold is refused before anything is written")
    func notJSON() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        let error = try await #require(throws: JobDataError.self) {
            try await client.startJobChain(Collect.self, input: .infinity, blockers: [])
        }
        #expect(error.code == .inputNotEncodable)
        #expect(error.direction == .writing)
    }

    @Test("a start of its own is encoded while others still hold the database", .timeLimit(.minutes(1)))
    func encodedBefore() async throws {
        struct Telling: PayloadCodec {
            let encoded: AsyncStream<Void>.Continuation
            func encode<Value: Encodable>(_ value: Value, as kind: PayloadKind) throws -> String {
                encoded.finish()
                return try JSONPayloadCodec().encode(value, as: kind)
            }
            func decode<Value: Decodable>(_ type: Value.Type, from text: String, as kind: PayloadKind) throws -> Value {
                try JSONPayloadCodec().decode(type, from: text, as: kind)
            }
        }
        let (wasEncoded, encoded) = AsyncStream.makeStream(of: Void.self)
        let client = Client(adapter: MemoryStateAdapter(), codec: Telling(encoded: encoded))
        let start = try await client.withTransaction { _ in
            // Not a task of this one, which has a transaction open.
            let start = Task.detached { try await client.startJobChain(Greet.self, input: .init(name: "", link: "")) }
            for await _ in wasEncoded {}
            return start
        }
        _ = try await start.value
    }

    @Test("a codec of one's own sees every value with the same words when it is written and when it is read")
    func ownCodec() async throws {
        let client = Client(adapter: MemoryStateAdapter(), codec: Marking())
        let chains = try await client.withTransaction { db in
            let greet = try await client.startJobChain(Greet.self, input: .init(name: "abc", link: ""), on: db)
            let collect = try await client.startJobChain(Collect.self, input: 1, blockers: [greet], on: db)
            return (greet, collect)
        }
        let outputs = try await withWorker(client, processors) {
            (try await client.awaitJobChain(chains.1).output, try await client.awaitJobChain(chains.0).output)
        }
        #expect(outputs == (1, ["3"]))
        let jobs = try await client.jobs(ofChain: chains.0.id)
        #expect(jobs[0].input.hasPrefix("input of greet|{"))
        #expect(jobs[1].input == "input of end|3")
        #expect(jobs[1].output == #"output of greet|["3"]"#)
    }

    @Test("a codec may read what an older one wrote")
    func olderCodec() async throws {
        let adapter = MemoryStateAdapter()
        let old = Client(adapter: adapter)
        let chain = try await old.startJobChain(Greet.self, input: .init(name: "abc", link: ""))
        let client = Client(adapter: adapter, codec: Marking())
        let output = try await withWorker(client, processors) { try await client.awaitJobChain(chain).output }
        #expect(output == ["3"])
        #expect(try await client.jobs(ofChain: chain.id).last?.output == #"output of greet|["3"]"#)
    }

    @Test("what a codec throws is told as a JobDataError that doesn't show it")
    func failures() async throws {
        let adapter = MemoryStateAdapter()
        let client = Client(adapter: adapter, codec: Marking(refusesOutputs: true))
        let chain = try await client.startJobChain(Greet.self, input: .init(name: "abc", link: ""))
        let calm = Client(adapter: adapter, codec: Marking())
        let refuse: Processor<MemoryStateAdapter> = .atomic(End.self) { _, _ in .finish([]) }
        let refused = try await withWorker(client, [processors[0], refuse]) {
            while true {
                let last = try #require(try await client.jobs(ofChain: chain.id).last)
                if last.chainIndex == 1, let error = last.lastAttemptError { return error }
                await Task.yield()
            }
        }
        #expect(refused.contains("JobDataError(outputNotEncodable, type end, job "))
        try await withWorker(calm, [refuse]) { _ = try await calm.awaitJobChain(chain) }

        // Read by a client that knows nothing of the codec.
        let error = try await #require(throws: JobDataError.self) {
            try await Client(adapter: adapter).awaitJobChain(chain)
        }
        #expect(error.code == .outputNotDecodable)
        #expect(error.direction == .reading)
        let last = try await client.jobs(ofChain: chain.id).last
        #expect(error.jobID == last?.id)
        #expect(!error.description.contains("output of"))
    }
}
