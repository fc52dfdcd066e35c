internal import Tracing

extension DistributedTracingInstrumentation {
    /// Tells of what a start is refused with, where that is wanted besides on the span.
    ///
    /// - Parameters:
    ///   - error: What it is refused with.
    ///   - attributes: What the span says of it.
    ///   - context: The span, if it is known.
    func tellRefusal(_ error: any Error, of attributes: [Attribute], in context: TraceContext?) {
        guard exceptions.asRecords else { return }
        events?.startRefused(configuration.exception(error), of: attributes, in: context)
    }

    /// What the span of refused work says.
    func refused(_ error: any Error, on span: any Tracing.Span) -> UndoneWork {
        if exceptions.onSpans, span.isRecording { exceptions.warning?.give() }
        return .refused(error, configuration, exceptions)
    }
}
