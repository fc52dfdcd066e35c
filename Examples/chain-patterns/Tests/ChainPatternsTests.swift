import ExampleTesting
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import ChainPatterns

@Suite("Chain patterns", .timeLimit(.minutes(2))) struct ChainPatternsTests {
    @Test("yield what the README says, and the rows that belong to it")
    func outputsAndRows() async throws {
        try await withExampleQueue { queue in
            try await Shop.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, processors: Shop.processors)
            let lines = try await queue.working(worker) { try await Shop.run(queue.client) }
            let told = try linesInReadme()
            #expect(lines == told)
            #expect(try await queue.rows("SELECT * FROM accounts") == ["Alice, 30, 1"])
            #expect(try await queue.rows("SELECT * FROM payments") == ["1, -4900"])
            #expect(try await queue.rows("SELECT count(*) FROM products") == ["6"])
            #expect(
                try await queue.rows("SELECT * FROM articles")
                    == ["Spring sale, everything must go, everything must go"])
        }
    }

    @Test("linear: the trace has the jobs beside each other, each linked to the one that continued with it")
    func linearTrace() async throws {
        try await withExampleQueue { queue in
            try await Shop.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, processors: SignUp.processors)
            try await queue.working(worker) {
                let chain = try await queue.client.startJobChain(CreateAccount.self, input: "Bob")
                _ = try await queue.client.awaitJobChain(chain)
                try await queue.recorder.expect {
                    trace {
                        span("start create-account", .producer) {
                            span("process create-account", .consumer) { span("complete create-account", .client) }
                                .named("first").linked(to: "start", type: "creation").noOtherLinks()
                            span("continue open-trial", .producer) {
                                span("process open-trial", .consumer) { span("complete open-trial", .client) }
                                    .named("second").linked(to: "second's start", type: "creation").noOtherLinks()
                            }.named("second's start").linked(to: "first", type: "origin").noOtherLinks()
                            span("continue say-welcome", .producer) {
                                span("process say-welcome", .consumer) { span("complete say-welcome", .client) }
                                    .named("third").linked(to: "third's start", type: "creation").noOtherLinks()
                            }.named("third's start").linked(to: "second", type: "origin").noOtherLinks()
                            span("chain create-account", .internal, ["queuert.chain.jobs": 3])
                                .linked(to: "third", type: "completed_by").noOtherLinks()
                        }.named("start").unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("go-to: the trace tells each round")
    func goToTrace() async throws {
        try await withExampleQueue { queue in
            try await Shop.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, processors: Article.processors)
            try await queue.working(worker) {
                let input = WriteDraft.Input(title: "Spring sale", notes: "everything must go")
                let chain = try await queue.client.startJobChain(WriteDraft.self, input: input)
                #expect(try await queue.client.awaitJobChain(chain).output == 2)
                try await queue.recorder.expect {
                    trace {
                        span("start write-draft") {
                            span("process write-draft") { span("complete write-draft") }.named("draft 1")
                            span("continue review") {
                                span("process review") { span("complete review") }.named("review 1")
                            }.linked(to: "draft 1", type: "origin")
                            span("continue write-draft") {
                                span("process write-draft") { span("complete write-draft") }.named("draft 2")
                            }.linked(to: "review 1", type: "origin")
                            span("continue review") {
                                span("process review") { span("complete review") }.named("review 2")
                            }.linked(to: "draft 2", type: "origin")
                            span("continue publish") {
                                span("process publish") { span("complete publish") }.named("publish")
                            }.linked(to: "review 2", type: "origin")
                            span("chain write-draft", .internal, ["queuert.chain.jobs": 5])
                                .linked(to: "publish", type: "completed_by")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("loop: a page that fails is tried again, and the pages before it are not")
    func loopGoesOn() async throws {
        try await withExampleQueue { queue in
            try await Shop.createTables(in: queue.pool)
            // The second page's product is there already, so that page can't be stored until somebody removes it.
            try await queue.execute("INSERT INTO products (name) VALUES ('lamp 2')")
            let worker = try Worker(
                client: queue.client, processors: Import.processors,
                configuration: .init(backoff: Backoff(initial: .milliseconds(1))))
            try await queue.working(worker) {
                let chain = try await queue.client.startJobChain(ImportPage.self, input: .init())
                try await queue.recorder.expect {
                    trace {
                        span("start import-page") {
                            span("continue import-page") { span("process import-page").status(.error).containing() }
                                .containing()
                        }.containing()
                    }
                }
                try await queue.execute("DELETE FROM products WHERE name = 'lamp 2'")
                #expect(try await queue.client.awaitJobChain(chain).output == 6)
            }
            #expect(
                try await queue.rows("SELECT chain_index FROM queuert_job WHERE attempt > 1 ORDER BY 1") == ["1"])
        }
    }
}
