/// What a ``SpanData`` says.
struct SpanDataFields: Hashable, Sendable {
    var context: TraceContext
    var parent: TraceContext?
    var name: String
    var kind: SpanData.Kind
    var start: UInt64
    var end: UInt64
    var attributes: [Attribute]
    var events: [SpanData.Event]
    var links: [SpanData.Link]
    var status: SpanData.Status
    var scope: InstrumentationScope
    var droppedAttributes = 0
    var droppedEvents = 0
    var droppedLinks = 0
}

/// What the copies of a ``SpanData`` share.
///
/// Sendable, because it is changed only by a span that is its one owner, and no two tasks change one span at once.
final class SpanDataStorage: @unchecked Sendable {
    @exclusivity(unchecked) var fields: SpanDataFields

    init(_ fields: SpanDataFields) { self.fields = fields }
}
