/// Has a function change what spans say before another processor gets them, to leave out what should not leave the service.
///
/// The function is given the attributes of each span that has ended, and those of each of its events and links. Names of spans
/// and the text of a status are not attributes: they stay as they are. What transactions keep in an outbox in the queue's database
/// comes through no processor: there, give the function to ``Telemetry``.
///
/// ```swift
/// let processor = RedactingSpanProcessor(batches) { attributes in
///     attributes.removeAll { $0.key == "user.email" }
/// }
/// ```
public struct RedactingSpanProcessor: SpanProcessor {
    private let processor: any SpanProcessor
    private let redact: @Sendable (inout [Attribute]) -> Void

    /// Makes a processor in front of another.
    ///
    /// - Parameters:
    ///   - processor: Who gets the spans then.
    ///   - redact: Changes attributes. It is called on the thread that ends a span, so it must not block.
    public init(_ processor: any SpanProcessor, redact: @escaping @Sendable (inout [Attribute]) -> Void) {
        self.processor = processor
        self.redact = redact
    }

    /// Tells that a span began: nothing is known of it that could be left out.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    public func spanStarted(_ context: TraceContext, name: String) { processor.spanStarted(context, name: name) }

    /// Passes on what is left of a span that ended.
    ///
    /// - Parameter span: The span.
    public func spanEnded(_ span: SpanData) { processor.spanEnded(span.redacted(by: redact)) }

    /// Flushes the other processor.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether that worked.
    public func flush(timeout: Duration) async -> FlushResult { await processor.flush(timeout: timeout) }

    /// Shuts the other processor down.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether the flush worked.
    public func shutdown(timeout: Duration) async -> FlushResult { await processor.shutdown(timeout: timeout) }
}

extension SpanData {
    /// What is left of the span.
    func redacted(by redact: (inout [Attribute]) -> Void) -> SpanData {
        var span = self
        redact(&span.attributes)
        for index in span.events.indices { redact(&span.events[index].attributes) }
        for index in span.links.indices { redact(&span.links[index].attributes) }
        return span
    }
}
