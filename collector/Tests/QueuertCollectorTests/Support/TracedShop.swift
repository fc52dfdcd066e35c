import Logging
import Queuert
import QueuertOTel
import QueuertTraceTesting

/// A queue that exports its spans as any service does, on a clock that a test moves.
struct TracedShop {
    private enum Order: EntryJobType {
        static let name = "order"
        typealias Input = Int
        typealias Output = Int
        struct Next: Continuations { let invoice = To<Invoice>() }
    }
    private enum Invoice: JobType {
        static let name = "invoice"
        typealias Input = Int
        typealias Output = Int
    }
    private struct OutOfStock: Error {}

    /// Sells something: the order waits for two seconds, fails, is tried again after ten, and is invoiced.
    ///
    /// - Parameter address: The collector that gets the spans.
    /// - Returns: The chain.
    /// - Throws: What the queue throws, or `TraceMismatch` if it does something else.
    static func sell(to address: String) async throws -> String {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let clock = Queuert.ManualClock()
        let exporter = OTLPSpanExporter(
            configuration: .init(endpoint: try OTLPEndpoint(base: address)),
            resource: Resource(attributes: [Attribute("service.name", "shop")]), logger: logger)
        let batches = BatchSpanProcessor(exporter: exporter)
        let logs = LogRecorder()
        let client = Client(
            adapter: MemoryStateAdapter(clock: clock),
            observability: QueueInstrumentation(
                tracer: SpanTracer(
                    processor: batches, sampler: AlwaysOnSampler(), ids: SeededIDGenerator(seed: 1),
                    clock: QueueSpanClock(clock)),
                events: logs, logger: logger),
            clock: clock, logger: logger)
        let worker = try Worker(
            client: client,
            processors: [
                .atomic(Order.self) { job, _ in
                    clock.advance(by: .seconds(1))
                    if job.attempt == 1 { throw OutOfStock() }
                    return .continueWith(\.invoice, input: job.input)
                },
                .atomic(Invoice.self) { job, _ in
                    clock.advance(by: .seconds(1))
                    return .finish(job.input)
                },
            ],
            configuration: .init(
                name: "test", concurrency: 1, pollInterval: .seconds(3600),
                backoff: Backoff(initial: .seconds(10), jitter: 0)))
        let chain = try await client.startJobChain(Order.self, input: 1)
        clock.advance(by: .seconds(2))
        async let running: Void = worker.run()
        do {
            try await logs.expect(othersAllowed: true) { logRecord(event: "queuert.job.attempt.failed") }
            clock.advance(by: .seconds(10))
            client.notify.send(WakeHint(dueTypes: ["order"]))
            _ = try await client.awaitJobChain(chain)
        } catch {
            await worker.stop()
            await running
            throw error
        }
        await worker.stop()
        await running
        _ = await batches.shutdown(timeout: .seconds(60))
        return chain.id.rawValue
    }

    /// Exports spans as they are.
    ///
    /// - Parameters:
    ///   - spans: The spans.
    ///   - address: The collector that gets them.
    /// - Returns: What the collector says to that.
    /// - Throws: `OTLPEndpointError` if there can't be a collector.
    static func export(_ spans: [SpanData], to address: String) throws -> ExportResult {
        let exporter = OTLPSpanExporter(
            configuration: .init(endpoint: try OTLPEndpoint(base: address)),
            resource: Resource(attributes: [Attribute("service.name", "shop")]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        return exporter.export(spans, timeout: .seconds(60))
    }
}
