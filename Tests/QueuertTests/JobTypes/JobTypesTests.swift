import Queuert
import Testing

@Suite("A set of job types") struct JobTypesTests {
    // MARK: Types

    enum Import: EntryJobType {
        static let name = "import"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations {
            let again = To<Import>()
            let check = To<Check>()
            let mails = Mails()
        }
    }
    /// A group of continuations, in a `Next`.
    struct Mails: Continuations { let confirm = To<Confirm>() }
    enum Check: JobType {
        static let name = "check"
        typealias Input = Int
        typealias Output = Int
        typealias Blockers = Blocked<Quote, Stock>.AndAll<Item>
    }
    enum Confirm: JobType {
        static let name = "confirm"
        typealias Input = Int
        typealias Output = Int
        typealias Blockers = BlockedByAll<Item>
    }
    enum Quote: EntryJobType { static let name = "quote"; typealias Input = Int; typealias Output = Int }
    enum Stock: EntryJobType { static let name = "stock"; typealias Input = Int; typealias Output = Int }
    enum Item: EntryJobType {
        static let name = "item"
        typealias Input = Int
        typealias Output = Int
        typealias Blockers = Blocked<Part>
    }
    enum Part: EntryJobType { static let name = "part"; typealias Input = Int; typealias Output = Int }
    enum Apart: EntryJobType { static let name = "apart"; typealias Input = Int; typealias Output = Int }

    enum OtherQuote: EntryJobType { static let name = "quote"; typealias Input = String; typealias Output = Int }
    enum LeadsToOtherQuote: EntryJobType {
        static let name = "leads"
        typealias Input = String
        typealias Output = Int
        typealias Blockers = BlockedByAll<OtherQuote>
    }

    // MARK: What is in a set

    @Test("holds what its types continue with and wait for, and what these do")
    func reachable() throws {
        let types = try JobTypes(Import.self)
        #expect(types.names == ["check", "confirm", "import", "item", "part", "quote", "stock"])
        #expect(types.contains(Part.self))
        #expect(!types.contains(Apart.self))
        #expect(!types.contains(OtherQuote.self))
    }

    @Test("merges slices that share types")
    func merge() throws {
        let merged = try JobTypes(Import.self).merging(try JobTypes(Apart.self), try JobTypes(Item.self))
        #expect(merged.names == ["apart", "check", "confirm", "import", "item", "part", "quote", "stock"])
    }

    @Test("refuses two types of one name, and names both")
    func duplicates() throws {
        for make in [
            { @Sendable in try JobTypes(Quote.self, OtherQuote.self) },
            { @Sendable in try JobTypes(Import.self, LeadsToOtherQuote.self) },
            { @Sendable in try JobTypes(Quote.self).merging(try JobTypes(OtherQuote.self)) },
        ] {
            let error = try #require(throws: DuplicateJobTypeError.self) { try make() }
            #expect(error.typeName == "quote")
            #expect(error.swiftTypes.map { $0.split(separator: ".").last } == ["OtherQuote", "Quote"])
            #expect(error.description.contains("OtherQuote and "))
        }
    }

    @Test("accepts a type that is given twice")
    func twice() throws { #expect(try JobTypes(Quote.self, Quote.self).names == ["quote"]) }

    // MARK: Names

    enum Empty: EntryJobType { static let name = ""; typealias Input = Int; typealias Output = Int }
    enum Long: EntryJobType {
        static let name = String(repeating: "ä", count: 100) + "x"
        typealias Input = Int
        typealias Output = Int
    }
    enum JustShortEnough: EntryJobType {
        static let name = String(repeating: "ä", count: 100)
        typealias Input = Int
        typealias Output = Int
    }
    enum Reserved: EntryJobType { static let name = "queuert.mine"; typealias Input = Int; typealias Output = Int }
    enum Broken: EntryJobType { static let name = "two\nlines"; typealias Input = Int; typealias Output = Int }

    @Test(
        "refuses names that jobs can't be stored under",
        arguments: [
            (Empty.self, "is empty"), (Long.self, "has 201 bytes"), (Reserved.self, "begins with `queuert.`"),
            (Broken.self, "control character"),
        ] as [(any EntryJobType.Type, String)])
    func names(_ type: any EntryJobType.Type, _ words: String) throws {
        let error = try #require(throws: InvalidJobTypeNameError.self) { try JobTypes(type) }
        #expect(error.description.contains(words))
        #expect(error.description.contains(String(reflecting: type)))
        #expect(!error.description.contains("\n"))
        _ = try JobTypes(JustShortEnough.self)
    }

    @Test("names are checked when a chain is started, too")
    func namesAtStart() async throws {
        let client = Client(adapter: MemoryStateAdapter())
        await #expect(throws: InvalidJobTypeNameError.self) { try await client.startJobChain(Reserved.self, input: 1) }
        await #expect(throws: InvalidJobTypeNameError.self) { try await client.startJobChain(Empty.self, input: 1) }
    }

    // MARK: A client's types

    @Test("a client starts chains of its types only")
    func startOfUnknownType() async throws {
        let client = Client(adapter: MemoryStateAdapter(), types: try JobTypes(Import.self))
        let chain = try await client.startJobChain(Part.self, input: 1)
        let error = try await #require(throws: UnknownJobTypeError.self) {
            try await client.startJobChain(Apart.self, input: 1)
        }
        #expect(error.typeName == "apart")
        #expect(error.swiftType == String(reflecting: Apart.self))
        await #expect(throws: DuplicateJobTypeError.self) {
            try await client.startJobChain(OtherQuote.self, input: "")
        }
        #expect(try await client.jobs(ofChain: chain.id).count == 1)
    }

    /// Continues with a type that no mirror finds: it isn't stored.
    enum Hidden: EntryJobType {
        static let name = "hidden"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations { var apart: To<Apart> { To() } }
    }

    @Test("a handler can't continue with a type that the client doesn't know; its job is kept")
    func continuationToUnknownType() async throws {
        let client = Client(adapter: MemoryStateAdapter(), types: try JobTypes(Hidden.self))
        let chain = try await client.startJobChain(Hidden.self, input: 1)
        let output = try await withWorker(
            client,
            [
                .atomic(Hidden.self) { job, _ in
                    job.attempt == 1 ? .continueWith(\.apart, input: 1) : .finish(job.attempt)
                }
            ]
        ) { try await client.awaitJobChain(chain).output }
        #expect(output == 2)
        let failures = try await client.failedAttempts(ofJob: chain.id)
        #expect(failures.count == 1)
        #expect(failures[0].error?.contains("The client's types don't hold") == true)
    }
}
