import Queuert
import Testing

@Suite("Slots of blockers", .timeLimit(.minutes(20))) struct BlockerListTests {
    enum Number: EntryJobType { static let name = "number"; typealias Input = Int; typealias Output = Int }
    enum Word: EntryJobType { static let name = "word"; typealias Input = String; typealias Output = String }
    enum Page: EntryJobType {
        static let name = "page"
        typealias Input = [Bool]
        typealias Output = [Bool]
    }
    /// Two slots and a rest.
    enum Book: EntryJobType {
        static let name = "book"
        typealias Input = Int
        typealias Output = String
        typealias Blockers = Blocked<Number, Word>.AndAll<Page>
        struct Next: Continuations { let shelf = To<Shelf>() }
    }
    /// One slot and a rest of the same type.
    enum Shelf: JobType {
        static let name = "shelf"
        typealias Input = String
        typealias Output = String
        typealias Blockers = Blocked<Number>.AndAll<Number>
    }

    private let processors: [Processor<MemoryStateAdapter>] = [
        .atomic(Number.self) { job, _ in .finish(job.input) },
        .atomic(Word.self) { job, _ in .finish(job.input) },
        .atomic(Page.self) { job, _ in .finish(job.input) },
    ]
    private let client = Client(adapter: MemoryStateAdapter())

    private func processed(_ chain: Chain<Book>) async throws -> String {
        let book: Processor<MemoryStateAdapter> = .atomic(Book.self) { job, _ in
            let (number, word, pages) = job.blockers
            return .finish("\(number + 0) \(word + "") \(pages.map(\.count))")
        }
        return try await withWorker(client, processors + [book]) { try await client.awaitJobChain(chain).output }
    }

    @Test("a rest follows fixed slots, in order, and a chain may be in it twice")
    func fixedAndRest() async throws {
        let chain = try await client.withTransaction { db in
            let number = try await client.startJobChain(Number.self, input: 7, on: db)
            let word = try await client.startJobChain(Word.self, input: "w", on: db)
            let one = try await client.startJobChain(Page.self, input: [true], on: db)
            let two = try await client.startJobChain(Page.self, input: [true, true], on: db)
            return try await client.startJobChain(
                Book.self, input: 1, blockers: (number, word, [two, one, two]), on: db)
        }
        #expect(try await processed(chain) == "7 w [2, 1, 2]")
    }

    @Test("a rest may be empty")
    func emptyRest() async throws {
        let number = try await client.startJobChain(Number.self, input: 7)
        let word = try await client.startJobChain(Word.self, input: "w")
        let chain = try await client.startJobChain(Book.self, input: 1, blockers: (number, word, []))
        #expect(try await processed(chain) == "7 w []")
    }

    @Test("a continuation has a slot and a rest of the same type")
    func continuation() async throws {
        let book = try await client.withTransaction { db in
            let number = try await client.startJobChain(Number.self, input: 7, on: db)
            let word = try await client.startJobChain(Word.self, input: "w", on: db)
            return try await client.startJobChain(Book.self, input: 1, blockers: (number, word, []), on: db)
        }
        let output = try await withWorker(
            client,
            processors + [
                .atomic(Book.self) { job, db in
                    var chains: [Chain<Number>] = []
                    for number in 1...3 {
                        chains.append(try await client.startJobChain(Number.self, input: number, on: db))
                    }
                    return .continueWith(\.shelf, input: "s", blockers: (chains[2], [chains[0], chains[1]]))
                },
                .atomic(Shelf.self) { job, _ in
                    let (last, others) = job.blockers
                    return .finish("\(last) \(others)")
                },
            ]
        ) { try await client.awaitJobChain(book).output }
        #expect(output == "3 [1, 2]")
    }

    @Test("a chain of another type than its slot's is refused, wherever its type was lost")
    func wrongType() async throws {
        let number = try await client.startJobChain(Number.self, input: 7)
        let word = try await client.startJobChain(Word.self, input: "w")
        let error = try await #require(throws: JobTypeMismatchError.self) {
            try await client.startJobChain(
                Book.self, input: 1, blockers: (number, word, [Chain<Page>(id: word.id)]))
        }
        #expect(error.chainID == word.id)
        #expect(error.expected == "page")
        #expect(error.actual == "word")
        await #expect(throws: JobTypeMismatchError.self) {
            try await client.startJobChain(Book.self, input: 1, blockers: (Chain<Number>(id: word.id), word, []))
        }
        let unknown = JobID(rawValue: "unknown")
        let missing = try await #require(throws: ChainNotFoundError.self) {
            try await client.startJobChain(Book.self, input: 1, blockers: (number, word, [Chain<Page>(id: unknown)]))
        }
        #expect(missing.chainID == unknown)
    }

    /// As ``Book``, declared by other code.
    enum BookOfOtherSlots: EntryJobType {
        static let name = "book"
        typealias Input = Int
        typealias Output = String
        typealias Blockers = Blocked<Number, Number>
    }
    enum BookOfFewerSlots: EntryJobType {
        static let name = "book"
        typealias Input = Int
        typealias Output = String
        typealias Blockers = Blocked<Number>
    }
    enum BookOfMoreSlots: EntryJobType {
        static let name = "book"
        typealias Input = Int
        typealias Output = String
        typealias Blockers = Blocked<Number, Word, Number>
    }

    @Test(
        "a job whose type declares other slots than when it was written is kept, and its attempt fails",
        arguments: [
            (.atomic(BookOfOtherSlots.self) { _, _ in .finish("") }, "unexpectedBlocker"),
            (.atomic(BookOfFewerSlots.self) { _, _ in .finish("") }, "unexpectedBlocker"),
            (.atomic(BookOfMoreSlots.self) { _, _ in .finish("") }, "missingBlocker"),
        ] as [(Processor<MemoryStateAdapter>, String)])
    func changedDeclaration(_ processor: Processor<MemoryStateAdapter>, _ code: String) async throws {
        let number = try await client.startJobChain(Number.self, input: 7)
        let word = try await client.startJobChain(Word.self, input: "w")
        let chain = try await client.startJobChain(Book.self, input: 1, blockers: (number, word, []))
        let error = try await withWorker(client, processors + [processor]) {
            while true {
                let row = try #require(try await client.jobs(ofChain: chain.id).first)
                if let error = row.lastAttemptError { return error }
                await Task.yield()
            }
        }
        #expect(error.contains("JobDataError(\(code), type book, job \(chain.id))"))
        #expect(try await processed(chain) == "7 w []")
    }
}
