import ExampleTesting
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@testable import CompletionWithoutWorker

@Suite("Completion without a worker", .timeLimit(.minutes(2))) struct CompletionWithoutWorkerTests {
    @Test("ends as the README says, with the rows that belong to it")
    func outcomesAndRows() async throws {
        let clock = ManualClock()
        try await withExampleQueue(clock: clock) { queue in
            try await Expenses.createTables(in: queue.pool)
            let worker = try Worker(client: queue.client, processors: Expenses.processors)
            let lines = try await queue.working(worker) { try await Expenses.run(queue.client, clock: clock) }
            let told = try linesInReadme()
            #expect(lines == told)
            // Yan's note was undone with his decision.
            #expect(
                try await queue.rows("SELECT manager, decision FROM decisions") == ["Zoe, approved", "Zoe, refused"])
            #expect(try await queue.rows("SELECT * FROM payments") == ["Bob, 80000"])
        }
    }

    @Test("of two people who decide at once one succeeds, and the other's note is not kept")
    func twoAtOnce() async throws {
        try await withExampleQueue { queue in
            let client = queue.client
            try await Expenses.createTables(in: queue.pool)
            let chain = try await Expenses.submit("Bob", cents: 80_000, to: client)
            async let approval: Void = Expenses.approve(chain, by: "Zoe", client: client)
            async let refusal: Void = Expenses.refuse(chain, by: "Yan", client: client)
            var failures: [any Error] = []
            do { try await approval } catch { failures.append(error) }
            do { try await refusal } catch { failures.append(error) }
            #expect(failures.count == 1)
            #expect(try await queue.rows("SELECT count(*) FROM decisions") == ["1"])
        }
    }

    @Test("the trace shows the approval where it was made, linked to the job that waited for it")
    func approvalTrace() async throws {
        try await withExampleQueue { queue in
            let client = queue.client
            try await Expenses.createTables(in: queue.pool)
            let worker = try Worker(client: client, processors: Expenses.processors)
            try await queue.working(worker) {
                let chain = try await Expenses.submit("Bob", cents: 80_000, to: client)
                try await withSpan("POST /expenses/approve", ofKind: .server) { _ in
                    try await Expenses.approve(chain, by: "Zoe", client: client)
                }
                _ = try await client.awaitJobChain(chain)
                try await queue.recorder.expect {
                    trace {
                        span("schedule approve-expense", .producer) {
                            span("continue pay-expense", .producer) {
                                span("process pay-expense", .consumer) { span("complete pay-expense") }
                            }.linked(to: "approval", type: "origin")
                            span("chain approve-expense", .internal, ["queuert.chain.jobs": 2])
                        }.named("waiting").unordered()
                    }
                    trace {
                        span("POST /expenses/approve", .server) {
                            span("complete approve-expense", .client).named("approval")
                                .linked(to: "waiting", type: "creation").noOtherLinks()
                        }
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
