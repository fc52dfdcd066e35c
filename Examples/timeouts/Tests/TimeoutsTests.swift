import ExampleTesting
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing

@testable import Timeouts

@Suite("Timeouts", .timeLimit(.minutes(2))) struct TimeoutsTests {
    /// The words of lines, without the identifiers of jobs, which are others each time.
    private func withoutIDs(_ lines: [String]) -> [[Substring]] {
        lines.map { line in line.split(separator: " ").filter { $0.count != 36 } }
    }

    @Test("end as the README says, and what comes too late is not written")
    func story() async throws {
        try await withExampleQueue { queue in
            let renderer = Renderer()
            let worker = try Worker(client: queue.client, processors: Invoices.processors(renderer))
            let lines = try await queue.working(worker) { try await Invoices.run(queue.client, renderer) }
            let told = try linesInReadme()
            #expect(withoutIDs(lines) == withoutIDs(told))
            #expect(
                try await queue.rows("SELECT output FROM queuert_job WHERE output IS NOT NULL ORDER BY 1")
                    == ["\"invoice 7.pdf\"", "\"poster.pdf\""])
        }
    }

    @Test("the trace tells an attempt that took too long as failed, with the timeout as its error")
    func trace() async throws {
        try await withExampleQueue { queue in
            let worker = try Worker(client: queue.client, processors: Invoices.processors(Renderer()))
            try await queue.working(worker) {
                let chain = try await queue.client.startJobChain(RenderInvoice.self, input: "invoice 7")
                _ = try await queue.client.awaitJobChain(chain)
                // On a busy machine a second attempt may take too long as well.
                try await queue.recorder.expect {
                    QueuertTraceTesting.trace {
                        span("start render-invoice") {
                            span("process render-invoice", .consumer, ["queuert.job.attempt": 1])
                                .status(.error).attribute("error.type", "timeout")
                            span("process render-invoice", .consumer) { span("complete render-invoice") }
                                .status(.unset).attribute("queuert.attempt.result", "completed")
                            span("chain render-invoice")
                        }.unordered().containing()
                    }
                }
            }
        }
    }
}
