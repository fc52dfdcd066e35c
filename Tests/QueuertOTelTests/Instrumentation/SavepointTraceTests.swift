import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Traces of savepoints") struct SavepointTraceTests {
    @Test("a savepoint that is undone takes its own start with it, and no other", arguments: Instrumented.allCases)
    func undone(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let client = queue.client
            try await client.withTransaction { db in
                _ = try await client.startJobChain(First.self, input: 1, on: db)
                try? await client.withSavepoint(on: db) {
                    _ = try await client.startJobChain(Single.self, input: 1, on: db)
                    throw Boom()
                }
                // What is undone is told at once, what is written when that is committed.
                #expect(queue.recorder.spans.map(\.name) == ["start single"])
            }
            try await queue.recorder.expect {
                trace { span("start single", .producer).status(.error).attribute("error.type", "rollback") }
                trace { span("start first", .producer).status(.unset) }
                noOpenSpans()
            }
        }
    }
}
