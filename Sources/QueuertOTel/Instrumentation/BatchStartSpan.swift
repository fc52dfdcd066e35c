internal import Queuert
internal import Synchronization

/// The CLIENT span of a call that starts several chains: `start`, which links to the PRODUCER span of each.
final class BatchStartSpan: BatchTrace {
    private let instrumentation: QueueInstrumentation
    let context: TraceContext
    private let parent: TraceContext?
    private let outline: SpanOutline
    /// The type of the chains, if all have one.
    private let typeName: String?
    private let start: UInt64
    private let links = Mutex<[SpanData.Link]>([])

    init(_ batch: BatchStarting, in instrumentation: QueueInstrumentation) {
        self.instrumentation = instrumentation
        let tracer = instrumentation.tracer
        start = tracer.now
        typeName = batch.commonTypeName
        outline = .start(batch, server: instrumentation.server.attributes)
        let ambient = instrumentation.ambient
        parent = ambient.context
        context = tracer.makeContext(
            parent: parent, name: outline.name, kind: outline.kind, attributes: outline.attributes,
            isSampled: ambient.isSuppressed ? false : nil)
    }

    /// Links to the span of one of the chains.
    func add(_ chain: TraceContext) {
        guard context.isSampled else { return }
        links.withLock { $0.append(LinkType.creation.link(to: chain)) }
    }

    func committed() {
        let end = instrumentation.endTime
        instrumentation.metrics?.batchStarted(
            typeName, seconds: SpanData.seconds(from: start, to: end), in: context)
        emit(outline.attributes, status: .unset, end: end)
    }

    func rolledBack() { end(.rolledBack) }

    func refused(_ error: any Error) {
        end(instrumentation.tellRefusal(error, of: outline.attributes, isPart: false, in: context))
    }

    private func end(_ work: UndoneWork) {
        let end = instrumentation.tracer.now
        emit(outline.attributes + work.attributes, events: work.events(at: end), status: work.status, end: end)
    }

    private func emit(
        _ attributes: [Attribute], events: [SpanData.Event] = [], status: SpanData.Status, end: UInt64
    ) {
        instrumentation.emit(
            SpanData(
                context: context, parent: parent, name: outline.name, kind: outline.kind, start: start,
                end: end, attributes: attributes, events: events, links: links.withLock { $0 }, status: status,
                scope: QueueInstrumentation.scope))
    }
}
