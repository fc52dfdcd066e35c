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
