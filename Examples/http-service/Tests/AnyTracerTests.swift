import InMemoryTracing
import Testing
import Tracing

@testable import HTTPService

/// A tracer of another SDK, which everybody here shares: Hummingbird's middleware, the HTTP client and the queue.
@Suite("The HTTP service with another tracer", .timeLimit(.minutes(2))) struct AnyTracerTests {
    /// All spans, each as `parent > span`, or by its name alone if it has no parent, in order.
    private func tree(of spans: [FinishedInMemorySpan]) -> [String] {
        let names = Dictionary(spans.map { ($0.spanID, $0.operationName) }) { first, _ in first }
        return spans.map { span in
            span.parentSpanID.map { "\(names[$0] ?? "unknown") > \(span.operationName)" } ?? span.operationName
        }.sorted()
    }

    @Test("an order is one trace, from the customer's call to the last job, through HTTP and the database")
    func wholeTrace() async throws {
        let tracer = InMemoryTracer()
        try await withRunningShop(tracedBy: tracer) { running in
            let order = try await running.customer.order("apple", quantity: 3)
            #expect(try await running.outcome(of: order) == .confirmed(receipt: "receipt 1"))
            // The chain's span is the last that begins, and that of a request ends when its answer was written.
            while !tracer.finishedSpans.contains(where: { $0.operationName == "chain reserve-stock" })
                || !tracer.activeSpans.isEmpty
            {
                await Task.yield()
            }
            let spans = tracer.finishedSpans
            #expect(
                tree(of: spans) == [
                    "/orders > start reserve-stock", "POST", "POST > /orders", "POST > /payments",
                    "continue charge-payment > process charge-payment",
                    "continue send-confirmation > process send-confirmation",
                    "process charge-payment > POST", "process charge-payment > complete charge-payment",
                    "process charge-payment > prepare charge-payment",
                    "process reserve-stock > complete reserve-stock",
                    "process send-confirmation > complete send-confirmation",
                    "start reserve-stock > chain reserve-stock",
                    "start reserve-stock > continue charge-payment",
                    "start reserve-stock > continue send-confirmation",
                    "start reserve-stock > process reserve-stock",
                ])
            #expect(Set(spans.map(\.traceID)).count == 1)
        }
    }
}
