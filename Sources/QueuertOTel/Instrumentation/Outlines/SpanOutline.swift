/// What a span of the queue says when it begins, whoever makes it.
struct SpanOutline {
    let name: String
    let kind: SpanData.Kind
    var attributes: [Attribute]
    var status = SpanData.Status.unset
}
