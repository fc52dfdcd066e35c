import Queuert
import Testing

@Suite("Slices of processors") struct ProcessorSliceTests {
    typealias Slice = ProcessorSlice<MemoryStateAdapter>

    enum Send: EntryJobType { static let name = "send"; typealias Input = Int; typealias Output = Int }
    enum OtherSend: EntryJobType { static let name = "send"; typealias Input = Int; typealias Output = Int }
    enum Count: EntryJobType { static let name = "count"; typealias Input = Int; typealias Output = Int }
    enum WaitsForOtherSend: EntryJobType {
        static let name = "waits"
        typealias Input = Int
        typealias Output = Int
        typealias Blockers = Blocked<OtherSend>
    }
    enum Reserved: EntryJobType { static let name = "queuert.x"; typealias Input = Int; typealias Output = Int }

    private let client = Client(adapter: MemoryStateAdapter())

    private func processor<Kind: JobType>(_ type: Kind.Type) -> Processor<MemoryStateAdapter>
    where Kind.Input == Kind.Output, Kind.Ending == MayEnd { .detached(type) { .finish($0.input) } }

    private func duplicate(_ slices: [Slice]) throws -> DuplicateJobTypeError {
        try #require(throws: DuplicateJobTypeError.self) { try Worker(client: client, slices: slices) }
    }

    @Test("are processed together")
    func together() async throws {
        let worker = try Worker(
            client: client,
            slices: [Slice("mails", [processor(Send.self)]), Slice("numbers", [processor(Count.self)])])
        async let running: Void = worker.run()
        let send = try await client.startJobChain(Send.self, input: 1)
        let count = try await client.startJobChain(Count.self, input: 2)
        #expect(try await client.awaitJobChain(send).output == 1)
        #expect(try await client.awaitJobChain(count).output == 2)
        await worker.stop()
        await running
    }

    @Test("two processors for one type are refused, and their slices are named")
    func twoProcessors() throws {
        let between = try duplicate([Slice("mails", [processor(Send.self)]), Slice("other", [processor(Send.self)])])
        #expect(between.slices == ["mails", "other"])
        #expect(between.description.contains("two processors for send, in the slices “mails” and “other”"))
        let within = try duplicate([Slice("mails", [processor(Send.self), processor(Send.self)])])
        #expect(within.description.contains("two processors for send, in the slice “mails”"))
        let unnamed = try #require(throws: DuplicateJobTypeError.self) {
            try Worker(client: client, processors: [processor(Send.self), processor(Send.self)])
        }
        #expect(unnamed.description.contains("two processors for send. "))
        #expect(unnamed.swiftTypes.isEmpty)
    }

    @Test("two types of one name are refused, also when one is only waited for")
    func twoTypes() throws {
        let direct = try duplicate([Slice("a", [processor(Send.self)]), Slice("b", [processor(OtherSend.self)])])
        #expect(direct.swiftTypes.count == 2)
        let indirect = try duplicate([Slice("a", [processor(Send.self), processor(WaitsForOtherSend.self)])])
        #expect(indirect.swiftTypes.count == 2)
        #expect(indirect.typeName == "send")
    }

    @Test("a name that jobs can't be stored under is refused")
    func reservedName() {
        #expect(throws: InvalidJobTypeNameError.self) {
            try Worker(client: client, processors: [processor(Reserved.self)])
        }
    }

    @Test("a type that the client doesn't know is refused")
    func unknownType() throws {
        let client = Client(adapter: MemoryStateAdapter(), types: try JobTypes(Send.self))
        _ = try Worker(client: client, processors: [processor(Send.self)])
        let error = try #require(throws: UnknownJobTypeError.self) {
            try Worker(client: client, processors: [processor(Send.self), processor(Count.self)])
        }
        #expect(error.typeName == "count")
        #expect(throws: DuplicateJobTypeError.self) {
            try Worker(client: client, processors: [processor(OtherSend.self)])
        }
    }
}
