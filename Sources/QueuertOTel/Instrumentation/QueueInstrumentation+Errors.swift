internal import Queuert

extension QueueInstrumentation {
    /// Tells of what an attempt failed with, where that is wanted.
    ///
    /// - Returns: The event for the attempt's span, if it is to have one.
    func tellException(_ error: any Error, of job: JobRow, in context: TraceContext) -> SpanData.Event? {
        let exception = configuration.exception(error)
        if exceptions.asRecords { events?.exception(exception, in: job, context) }
        guard exceptions.onSpans else { return nil }
        // Where spans tell nothing either, nobody wants to know.
        if context.isSampled { exceptions.warning?.give() }
        return SpanData.Event(
            name: EventDefinition.exception.name, time: endTime, attributes: exception)
    }

    /// Tells of what a start, or going on with a chain, is refused with, where that is wanted besides on the span.
    ///
    /// - Parameters:
    ///   - error: What it is refused with.
    ///   - attributes: What the span says of it.
    ///   - isPart: Whether it is refused as a part of something else that tells of the same error.
    ///   - context: The span.
    /// - Returns: What the span says besides.
    func tellRefusal(
        _ error: any Error, of attributes: [Attribute], isPart: Bool, in context: TraceContext
    ) -> UndoneWork {
        if exceptions.asRecords, !isPart {
            events?.startRefused(configuration.exception(error), of: attributes, in: context)
        }
        return refused(error, in: context)
    }

    /// What the span of refused work says.
    func refused(_ error: any Error, in context: TraceContext) -> UndoneWork {
        if exceptions.onSpans, context.isSampled { exceptions.warning?.give() }
        return .refused(error, configuration, exceptions)
    }

    /// The value of `error.type`: a word for the conditions that the queue knows, else the name of the error's type.
    static func errorType(of error: any Error) -> String {
        switch error {
        case is LeaseLostError: "lease_expired"
        case is JobTimeoutError: "timeout"
        case is CancellationError: "cancelled"
        default: errorTypeName(error)
        }
    }
}
