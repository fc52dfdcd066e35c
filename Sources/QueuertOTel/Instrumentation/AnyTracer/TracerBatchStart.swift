internal import Queuert
internal import Tracing

/// The CLIENT span of a call that starts several chains: `start`, which links to the PRODUCER span of each.
final class TracerBatchStart: BatchTrace {
    private let instrumentation: DistributedTracingInstrumentation
    private let span: any Tracing.Span

    init(_ batch: BatchStarting, in instrumentation: DistributedTracingInstrumentation) {
        self.instrumentation = instrumentation
        span = instrumentation.start(
            .start(batch), in: .current ?? .topLevel, at: instrumentation.clock.nanoseconds)
    }

    /// Links to the span of one of the chains.
    func add(_ chain: ServiceContext) { span.addLink(LinkType.creation.link(to: chain)) }

    func committed() { span.end(.unset, at: instrumentation.clock.nanoseconds) }

    func rolledBack() { span.endUndone(at: instrumentation.clock.nanoseconds) }
}
