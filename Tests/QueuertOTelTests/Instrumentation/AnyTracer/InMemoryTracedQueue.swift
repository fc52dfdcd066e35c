import InMemoryTracing
import Logging
import Queuert
import QueuertOTel
import Testing
import Tracing

/// A queue whose spans go to a tracer that is not ours: its identifiers and headers are its own.
struct InMemoryTracedQueue: Sendable {
    let clock = ManualClock()
    let tracer = InMemoryTracer()
    let client: Client<MemoryStateAdapter>

    init(_ configuration: DistributedTracingInstrumentation.Configuration = .init(), logger: Logger? = nil) {
        client = Client(
            adapter: MemoryStateAdapter(clock: clock),
            observability: DistributedTracingInstrumentation(
                tracer: tracer, clock: QueueSpanClock(clock), configuration: configuration,
                logger: logger ?? Logger(label: "test")),
            clock: clock)
    }

    /// Runs a worker with room for one job while a body runs.
    func working(
        _ processors: [Processor<MemoryStateAdapter>], _ body: () async throws -> Void
    ) async throws {
        let worker = try Worker(
            client: client, processors: processors,
            configuration: .init(
                name: "test", concurrency: 1, pollInterval: .seconds(3600), backoff: Backoff(jitter: 0)))
        async let running: Void = worker.run()
        do {
            try await body()
        } catch {
            await worker.stop()
            await running
            throw error
        }
        await worker.stop()
        await running
    }

    /// Waits until a span has ended.
    func span(_ name: String, number: Int = 1) async -> FinishedInMemorySpan {
        while true {
            let found = tracer.finishedSpans.filter { $0.operationName == name }
            if found.count >= number { return found[number - 1] }
            await Task.yield()
        }
    }

    /// All spans that have ended, each as `parent > span`, or by its name alone if it has no parent, in order.
    var tree: [String] {
        let spans = tracer.finishedSpans
        let names = Dictionary(spans.map { ($0.spanID, $0.operationName) }, uniquingKeysWith: { first, _ in first })
        return spans.map { span in
            span.parentSpanID.map { "\(names[$0] ?? "unknown") > \(span.operationName)" } ?? span.operationName
        }.sorted()
    }

    /// What a span links to, each as `type: span`, in order.
    func links(of span: FinishedInMemorySpan) -> [String] {
        let names = Dictionary(
            tracer.finishedSpans.map { ($0.spanID, $0.operationName) }, uniquingKeysWith: { first, _ in first })
        return span.links.map { link in
            let target = link.context.inMemorySpanContext.flatMap { names[$0.spanID] } ?? "unknown"
            return "\(link.attributes.text("queuert.link.type") ?? "untyped"): \(target)"
        }.sorted()
    }
}

extension SpanAttributes {
    func text(_ key: String) -> String? {
        guard case .string(let text) = get(key) else { return nil }
        return text
    }
}
