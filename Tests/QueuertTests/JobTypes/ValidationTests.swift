import Queuert
import Synchronization
import Testing

@Suite("Validation of inputs and outputs", .timeLimit(.minutes(20))) struct ValidationTests {
    struct Refusal: Error { var secret: String }

    /// Refuses inputs that are negative and outputs above a hundred.
    enum Price: EntryJobType {
        static let name = "price"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations {
            let discount = To<Discount>()
            let anything = To<Anything>()
        }
        static func validate(input: Int) throws { if input < 0 { throw Refusal(secret: "input \(input)") } }
        static func validate(output: Int) throws { if output > 100 { throw Refusal(secret: "output \(output)") } }
    }
    enum Discount: JobType {
        static let name = "discount"
        typealias Input = Int
        typealias Output = Int
        static func validate(input: Int) throws { if input > 50 { throw Refusal(secret: "input \(input)") } }
        static func validate(output: Int) throws { if output == 0 { throw Refusal(secret: "output \(output)") } }
    }
    /// Ends chains of ``Price`` without a rule of its own.
    enum Anything: JobType { static let name = "anything"; typealias Input = Int; typealias Output = Int }
    /// Stores prices as older code did, without a rule.
    enum OldPrice: EntryJobType { static let name = "price"; typealias Input = Int; typealias Output = Int }
    enum Sum: EntryJobType {
        static let name = "sum"
        typealias Input = Int
        typealias Output = Int
        typealias Blockers = Blocked<Price>
    }

    private let client = Client(adapter: MemoryStateAdapter())

    private func failures(_ chain: JobID) async throws -> [String] {
        try await client.failedAttempts(ofJob: chain).compactMap(\.error)
    }

    @Test("an input that its type refuses is not written, and the error doesn't show it")
    func inputAtStart() async throws {
        let identifier = Mutex<JobID?>(nil)
        let error = try await #require(throws: JobDataError.self) {
            try await client.withTransaction { db in
                let chain = try await client.startJobChain(Price.self, input: 1, on: db)
                identifier.withLock { $0 = chain.id }
                try await client.startJobChain(Price.self, input: -7, on: db)
            }
        }
        #expect(error.code == .inputInvalid)
        #expect(error.direction == .writing)
        #expect(error.typeName == "price")
        #expect(error.jobID == nil)
        #expect(error.description == "JobDataError(inputInvalid, type price). \(error.hint)")
        #expect(error.hint.contains("nothing was written"))
        #expect(!error.description.contains("-7"))
        #expect(error.debugDescription.contains("Refusal(secret: \"input -7\")"))
        let first = try #require(identifier.withLock { $0 })
        #expect(try await client.jobs(ofChain: first).isEmpty)
    }

    @Test("a continuation's input that its type refuses fails the handler, whose job is tried again")
    func continuationInput() async throws {
        let chain = try await client.startJobChain(Price.self, input: 99)
        let output = try await withWorker(
            client,
            [
                .atomic(Price.self) { job, _ in
                    .continueWith(\.discount, input: job.attempt == 1 ? job.input : 1)
                },
                .atomic(Discount.self) { job, _ in .finish(job.input) },
            ]
        ) { try await client.awaitJobChain(chain).output }
        #expect(output == 1)
        let failures = try await failures(chain.id)
        #expect(failures.count == 1)
        #expect(failures[0].contains("JobDataError(inputInvalid, type discount)"))
    }

    @Test("an output that its type refuses fails the handler, in each mode", arguments: [0, 1, 2])
    func output(_ mode: Int) async throws {
        let chain = try await client.startJobChain(Price.self, input: 1)
        let result: @Sendable (Job<Price>) -> Decision<Price> = { .finish($0.attempt == 1 ? 101 : 100) }
        let processor: Processor<MemoryStateAdapter> =
            switch mode {
            case 0: .atomic(Price.self) { job, _ in result(job) }
            case 1: .detached(Price.self) { job in result(job) }
            default: .staged(Price.self) { job, attempt in try await attempt.complete { _ in result(job) } }
            }
        let output = try await withWorker(client, [processor]) { try await client.awaitJobChain(chain).output }
        #expect(output == 100)
        let failures = try await failures(chain.id)
        #expect(failures.count == 1)
        #expect(failures[0].contains("JobDataError(outputInvalid, type price, job \(chain.id))"))
    }

    @Test("an output that the type at the chain's start refuses fails the handler, if the client knows that type")
    func outputOfLaterJob() async throws {
        let client = Client(adapter: MemoryStateAdapter(), types: try JobTypes(Price.self))
        let chain = try await client.startJobChain(Price.self, input: 1)
        let output = try await withWorker(
            client,
            [
                .atomic(Price.self) { job, _ in .continueWith(\.anything, input: job.input) },
                .atomic(Anything.self) { job, _ in .finish(job.attempt == 1 ? 1_000 : 3) },
            ]
        ) { try await client.awaitJobChain(chain).output }
        #expect(output == 3)
        let last = try #require(try await client.jobs(ofChain: chain.id).last)
        let failures = try await client.failedAttempts(ofJob: last.id)
        #expect(failures.map(\.attempt) == [1])
        #expect(failures[0].error?.contains("outputInvalid, type anything") == true)
    }

    /// Refuses every input for the first three times.
    enum Moody: EntryJobType {
        static let name = "price"
        typealias Input = Int
        typealias Output = Int
        static let patience = Mutex(3)
        static func validate(input: Int) throws {
            try patience.withLock {
                if $0 > 0 {
                    $0 -= 1
                    throw Refusal(secret: "hidden")
                }
            }
        }
    }

    @Test("a stored input that its type refuses is kept, and its job tried again without a call of the handler")
    func storedInput() async throws {
        let chain = try await client.startJobChain(OldPrice.self, input: -1)
        let calls = Mutex(0)
        try await withWorker(
            client,
            [
                .atomic(Moody.self) { job, _ in
                    calls.withLock { $0 += 1 }
                    return .finish(job.input)
                }
            ]
        ) { _ = try await client.awaitJobChain(chain) }
        #expect(calls.withLock { $0 } == 1)
        let row = try #require(try await client.jobs(ofChain: chain.id).first)
        #expect(row.attempt == 4)
        #expect(row.output == "-1")
        let failures = try await failures(chain.id)
        #expect(failures.count == 3)
        #expect(failures.allSatisfy { $0.contains("JobDataError(inputInvalid, type price, job \(chain.id))") })
    }

    @Test("a stored output that the type refuses is refused to who waits for the chain, and kept")
    func storedOutput() async throws {
        let old = try await client.startJobChain(OldPrice.self, input: 1_234_567_890)
        let chain = Chain<Price>(id: old.id)
        let sum = try await client.startJobChain(Sum.self, input: 0, blockers: (chain))
        let output = try await withWorker(client, [.atomic(OldPrice.self) { job, _ in .finish(job.input) }]) {
            try await client.awaitJobChain(old).output
        }
        #expect(output == 1_234_567_890)
        let error = try await #require(throws: JobDataError.self) { try await client.awaitJobChain(chain) }
        #expect(error.code == .outputInvalid)
        #expect(error.direction == .reading)
        #expect(error.jobID == chain.id)
        #expect(!error.description.contains("1234567890"))

        let stored = try await withWorker(client, [.atomic(Sum.self) { job, _ in .finish(job.blockers) }]) {
            // The handler is never called: what is stored of the attempt is all that there is to see.
            while true {
                let row = try #require(try await client.jobs(ofChain: sum.id).first)
                if let error = row.lastAttemptError { return error }
                await Task.yield()
            }
        }
        #expect(stored.contains("JobDataError(blockerOutputInvalid, type price, job \(sum.id))"))
    }
}
