internal import Queuert
internal import Tracing

/// The CLIENT span of a call that starts several chains: `start`, which links to the PRODUCER span of each.
final class TracerBatchStart: BatchTrace {
    private let instrumentation: DistributedTracingInstrumentation
    private let span: any Tracing.Span
    /// The type of the chains, if all have one.
    private let typeName: String?
    private let start: UInt64
    private let attributes: [Attribute]

    init(_ batch: BatchStarting, in instrumentation: DistributedTracingInstrumentation) {
        self.instrumentation = instrumentation
        typeName = batch.commonTypeName
        start = instrumentation.clock.nanoseconds
        let outline = SpanOutline.start(batch, server: instrumentation.server.attributes)
        attributes = outline.attributes
        span = instrumentation.start(outline, in: .current ?? .topLevel, at: start)
    }

    var spanContext: ServiceContext { span.context }

    /// Links to the span of one of the chains.
    func add(_ chain: ServiceContext) { span.addLink(LinkType.creation.link(to: chain)) }

    func committed() {
        let end = instrumentation.clock.nanoseconds
        instrumentation.metrics?.batchStarted(
            typeName, seconds: SpanData.seconds(from: start, to: end),
            in: instrumentation.traceContext(of: span.context))
        span.end(.unset, at: end)
    }

    func rolledBack() { span.end(.rolledBack, at: instrumentation.clock.nanoseconds) }

    func refused(_ error: any Error) {
        instrumentation.tellRefusal(error, of: attributes, in: instrumentation.traceContext(of: span.context))
        span.end(instrumentation.refused(error, on: span), at: instrumentation.clock.nanoseconds)
    }
}
