import Queuert
import QueuertTraceTesting
import Synchronization
import Testing
import Tracing

@testable import QueuertOTel

/// Whoever completes a job without a worker goes on in a context of their own, in which others keep things, too.
@Suite("The context of completions without a worker", .timeLimit(.minutes(20))) struct OutsideCompletionTests {
    private enum UserKey: ServiceContextKey { typealias Value = String }

    /// Runs a body as a request does: in a span, with baggage, and with what another library keeps.
    private func inRequest(_ body: () async throws -> Void) async throws {
        var context = ServiceContext.topLevel
        context[UserKey.self] = "alice"
        context.baggage = Baggage(header: "tenant=1")
        try await ServiceContext.withValue(context) {
            try await withSpan("request", ofKind: .server) { _ in try await body() }
        }
    }

    /// What the current context holds of that.
    private static var kept: [String] {
        let current = ServiceContext.current
        return [current?[UserKey.self] ?? "nobody", current?.baggage.header ?? "none"]
    }

    @Test("the callback has all that the caller's context has", arguments: Instrumented.allCases)
    func callback(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            let chain = try await queue.client.startJobChain(Single.self, input: 1)
            let seen = Mutex<[String]>([])
            let request = Mutex<TraceContext?>(nil)
            try await inRequest {
                request.withLock { $0 = ServiceContext.current?.traceContext }
                _ = try await queue.client.completeJob(Single.self, of: chain) { job in
                    seen.withLock { $0 = Self.kept }
                    return .finish(job.input)
                }
                #expect(Self.kept == ["alice", "tenant=1"])
            }
            #expect(seen.withLock { $0 } == ["alice", "tenant=1"])
            let parent = queue.recorder.spans(named: "complete single").first?.parent
            let caller = request.withLock { $0?.spanID }
            #expect(parent?.spanID == caller)
        }
    }

    @Test("what runs with the completion as the current span keeps the rest", arguments: Instrumented.allCases)
    func current(by instrumented: Instrumented) async throws {
        try await withTracedQueue(.init(baggageKeys: ["tenant"]), by: instrumented) { queue in
            let client = queue.client
            let chain = try await client.startJobChain(Single.self, input: 1)
            let found = try await client.withTransaction { db in
                try client.adapter.operations(on: db).lockedLastJob(ofChain: chain.id)
            }
            let job = try #require(found)
            try await inRequest {
                let completion = queue.observability.completionWithoutWorker(of: job)
                await completion.withCurrent {
                    #expect(Self.kept == ["alice", "tenant=1"])
                    #expect(ServiceContext.current?.traceContext?.traceparent == completion.context)
                }
                completion.rolledBack()
            }
        }
    }
}
