public import Logging
internal import Tracing

extension Logger.MetadataProvider {
    /// Gives each line that is logged in a span that span's `trace_id`, `span_id` and `trace_flags`, so that what people read
    /// leads to the trace.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap(StreamLogHandler.standardError, metadataProvider: .traceContext)
    /// ```
    public static let traceContext = Logger.MetadataProvider {
        guard let context = ServiceContext.current?.traceContext else { return [:] }
        return [
            Key.traceID: .string(context.traceID.description), Key.spanID: .string(context.spanID.description),
            Key.traceFlags: .string(String(context.traceparent.suffix(2))),
        ]
    }

    private enum Key {
        static let traceID = "trace_id"
        static let spanID = "span_id"
        static let traceFlags = "trace_flags"
        static let all = [traceID, spanID, traceFlags]
    }

    /// Takes out what ``traceContext`` has put in, of the span that is told otherwise.
    static func removeTraceContext(_ context: TraceContext, from metadata: inout Logger.Metadata) {
        guard let traceID = metadata[Key.traceID], traceID.description == context.traceID.description else { return }
        for key in Key.all { metadata[key] = nil }
    }
}
