import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Traces of phases that fail", .timeLimit(.minutes(1))) struct FailedPhaseTests {
    @Test(
        "a completion that fails ends its span with the error, and the retry has one of its own",
        arguments: Instrumented.allCases)
    func failedCompletion(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    try await attempt.complete { _ in
                        if job.attempt == 1 { throw Boom() }
                        return .finish(job.input)
                    }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("complete single").status(.error) }.status(.error)
                        }
                    }
                    noOpenSpans()
                }
                queue.pass(.seconds(1), waking: "single")
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("complete single").status(.error) }.status(.error)
                            span("process single") { span("complete single").status(.unset) }.named("retry")
                            span("chain single").linked(to: "retry", type: "completed_by")
                        }.unordered()
                    }
                    noOpenSpans()
                }
            }
        }
    }

    @Test("a preparation that fails ends its span with the error", arguments: Instrumented.allCases)
    func failedPreparation(by instrumented: Instrumented) async throws {
        try await withTracedQueue(by: instrumented) { queue in
            try await queue.working([
                .staged(Single.self) { job, attempt in
                    let number = try await attempt.prepare { _ -> Int in throw Boom() }
                    return try await attempt.complete { _ in .finish(number) }
                }
            ]) {
                _ = try await queue.client.startJobChain(Single.self, input: 1)
                try await queue.recorder.expect {
                    trace {
                        span("start single") {
                            span("process single") { span("prepare single").status(.error) }.status(.error)
                        }
                    }
                    noOpenSpans()
                }
            }
        }
    }
}
