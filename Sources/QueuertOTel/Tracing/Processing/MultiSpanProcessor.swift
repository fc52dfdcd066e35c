/// Gives each span to several processors.
public struct MultiSpanProcessor: SpanProcessor {
    private let processors: [any SpanProcessor]

    /// Makes a processor of processors.
    ///
    /// - Parameter processors: Who gets the spans, in this order.
    public init(_ processors: [any SpanProcessor]) {
        self.processors = processors
    }

    /// Tells all that a span began.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    public func spanStarted(_ context: TraceContext, name: String) {
        for processor in processors { processor.spanStarted(context, name: name) }
    }

    /// Gives all a span that ended.
    ///
    /// - Parameter span: The span.
    public func spanEnded(_ span: SpanData) {
        for processor in processors { processor.spanEnded(span) }
    }

    /// Flushes all at once.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: The worst result: a timeout, or else a failure.
    public func flush(timeout: Duration) async -> FlushResult {
        await worstResult { await $0.flush(timeout: timeout) }
    }

    /// Shuts all down at once.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: The worst result: a timeout, or else a failure.
    public func shutdown(timeout: Duration) async -> FlushResult {
        await worstResult { await $0.shutdown(timeout: timeout) }
    }

    private func worstResult(
        of operation: @escaping @Sendable (any SpanProcessor) async -> FlushResult
    ) async -> FlushResult {
        await withTaskGroup(of: FlushResult.self) { group in
            for processor in processors {
                group.addTask { await operation(processor) }
            }
            var results: [FlushResult] = []
            for await result in group { results.append(result) }
            return .worst(of: results)
        }
    }
}
