/// What a flush came to.
public enum FlushResult: Hashable, Sendable {
    /// All that had ended before the call was handed over.
    case success
    /// Some of it was lost; the processor has counted it.
    case failure
    /// The time was up first.
    case timeout

    /// A timeout, or else a failure, or else success.
    static func worst(of results: some Sequence<FlushResult>) -> FlushResult {
        results.reduce(.success) { worst, result in
            worst == .timeout || result == .timeout ? .timeout : worst == .failure ? .failure : result
        }
    }
}

/// Where spans go when they end.
///
/// A processor is called on the thread that ends a span. It must not block, and cannot fail.
public protocol SpanProcessor: Sendable {
    /// A sampled span began. It may never end here: a job's attempt may be lost to another worker.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    func spanStarted(_ context: TraceContext, name: String)

    /// A sampled span ended.
    ///
    /// - Parameter span: The span.
    func spanEnded(_ span: SpanData)

    /// Hands over all spans that ended before the call.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether that worked.
    func flush(timeout: Duration) async -> FlushResult

    /// Flushes and stops. Spans that end later are dropped and counted.
    ///
    /// - Parameter timeout: How long to wait at most.
    /// - Returns: Whether the flush worked.
    func shutdown(timeout: Duration) async -> FlushResult
}

extension SpanProcessor {
    /// Does nothing: most processors only care for spans that ended.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    public func spanStarted(_ context: TraceContext, name: String) {}
}
