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
/// Unchecked, because `fields` is written only through `SpanData.own`, which first makes sure that the span that is
/// changed holds the only reference: a copy in another task is a second reference, so what that task reads is never
/// written. The span itself is a value, which Swift keeps two tasks from changing at once; that is also why
/// exclusivity needs no check here.
final class SpanDataStorage: @unchecked Sendable {
    @exclusivity(unchecked) var fields: SpanDataFields

    init(_ fields: SpanDataFields) { self.fields = fields }
}
