import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("The user's data in telemetry", .timeLimit(.minutes(20))) struct PrivacyTests {
    enum Question: EntryJobType {
        static let name = "question"
        typealias Input = String
        typealias Output = String
        struct Next: Continuations { let answer = To<Answer>() }
    }
    enum Answer: JobType {
        static let name = "answer"
        typealias Input = String
        typealias Output = String
    }
    struct Leaky: Error, CustomStringConvertible { let description = "error-1234" }

    @Test(
        "inputs, outputs and keys are on no span, log record or metric, and an error's text only if it is asked for",
        arguments: [false, true])
    func data(textIsAskedFor: Bool) async throws {
        try await withTracedQueue(.init(recordsErrorMessages: textIsAskedFor, exceptionSignal: .both)) { queue in
            let worker = try Worker(
                client: queue.client,
                processors: [
                    .atomic(Question.self) { job, _ in
                        if job.attempt == 1 { throw Leaky() }
                        return .continueWith(\.answer, input: "next-1234")
                    },
                    .detached(Answer.self) { _ in .finish("output-1234") },
                ],
                configuration: .init(name: "test", backoff: Backoff(initial: .zero)))
            let chain = try await queue.client.startJobChain(
                Question.self, input: "input-1234", deduplication: Deduplication(key: "key-1234"))
            async let running: Void = worker.run()
            let output = try await queue.client.awaitJobChain(chain).output
            await worker.stop()
            await running
            #expect(output == "output-1234")

            let spans = queue.recorder.spans.map { String(reflecting: $0) }
            let records = queue.events.records.map { String(reflecting: $0) }
            let metrics = await queue.meters.collect().map { String(reflecting: $0) }
            let secrets = ["input-1234", "next-1234", "output-1234", "key-1234"]
            for texts in [spans, records, metrics] {
                // The texts show what is told.
                #expect(texts.contains { $0.contains("question") })
                for secret in secrets { #expect(!texts.contains { $0.contains(secret) }) }
            }
            #expect(spans.contains { $0.contains("error-1234") } == textIsAskedFor)
            #expect(records.contains { $0.contains("error-1234") } == textIsAskedFor)
            #expect(!metrics.contains { $0.contains("error-1234") })
        }
    }
}
