import Queuert
import Synchronization
import Testing

@Suite("Identifiers of jobs") struct JobIDTests {
    enum Add: EntryJobType { static let name = "add"; typealias Input = Int; typealias Output = Int }

    /// Makes the identifiers that it is given, in order.
    private final class Listed: JobIDGenerator {
        private let remaining: Mutex<[String]>

        init(_ identifiers: [String]) { remaining = Mutex(identifiers) }

        func makeJobID(at now: Timestamp) -> JobID { JobID(rawValue: remaining.withLock { $0.removeFirst() }) }
    }

    @Test(
        "are refused if they are empty, too long or hold control characters",
        arguments: ["", String(repeating: "ä", count: 100) + "x", "a\u{0}b", "a\nb", "a\u{7f}"])
    func malformed(_ text: String) async throws {
        let client = Client(adapter: MemoryStateAdapter(), identifiers: Listed([text, "good"]))
        let error = try await #require(throws: InvalidJobIDError.self) {
            try await client.startJobChain(Add.self, input: 1)
        }
        #expect(error.source == .generator)
        #expect(error.id.rawValue == text)
        #expect(error.description.contains("it has \(text.utf8.count) bytes"))
        #expect(!error.description.contains("\n") && !error.description.contains("\u{0}"))
        #expect(try await client.startJobChain(Add.self, input: 1).id.rawValue == "good")
    }

    @Test("have up to 200 bytes of any characters that can be seen")
    func wellFormed() {
        for text in ["a", String(repeating: "ä", count: 100), "order 17/🎈"] {
            #expect(JobID(rawValue: text).isWellFormed)
        }
    }

    @Test(
        "are equal byte for byte, and not if they only look the same",
        arguments: ["", "a", String(repeating: "a", count: 36), String(repeating: "ä", count: 100)])
    func equality(_ start: String) {
        let texts = ["\u{e9}", "e\u{301}", "s\u{323}\u{307}", "s\u{307}\u{323}"].map { start + $0 }
        #expect(Set(texts).count == 2)
        #expect(Set(texts.map(JobID.init(rawValue:))).count == 4)
        for text in texts {
            // Another text of the same bytes.
            let copy = String(decoding: Array(text.utf8), as: UTF8.self)
            #expect(JobID(rawValue: copy) == JobID(rawValue: text))
            #expect(JobID(rawValue: copy).hashValue == JobID(rawValue: text).hashValue)
        }
    }

    @Test("that another job has are refused, and the chain that has it goes on")
    func duplicate() async throws {
        let client = Client(adapter: MemoryStateAdapter(), identifiers: Listed(["one", "one", "two"]))
        let chain = try await client.startJobChain(Add.self, input: 1)
        let error = try await #require(throws: DuplicateJobIDError.self) {
            try await client.startJobChain(Add.self, input: 2)
        }
        #expect(error.id == chain.id)
        #expect(try await client.jobs(ofChain: chain.id).map(\.input) == ["1"])
        #expect(try await client.startJobChain(Add.self, input: 3).id.rawValue == "two")
    }
}
