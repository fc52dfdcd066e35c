import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Processes with different instrumentations", .timeLimit(.minutes(1))) struct MixedTracerTests {
    @Test(
        "a chain that begins with one instrumentation and goes on with the other is one trace",
        arguments: Instrumented.allCases)
    func oneTrace(by starter: Instrumented) async throws {
        try await withTracedQueue(by: starter) { queue in
            let worker = TracedQueue(
                queue.client.adapter, clock: queue.clock, recorder: queue.recorder,
                by: starter == .builtIn ? .anyTracer : .builtIn)
            try await withSpan("request", ofKind: .server) { _ in
                _ = try await queue.client.startJobChain(First.self, input: 1)
            }
            try await worker.working(Processor.chainOfThree) {
                try await queue.recorder.expect { TraceTreeTests.treeOfThree }
            }
        }
    }
}
