internal import Queuert

extension QueueInstrumentation {
    /// What is told of an error: its type, and its text only if that was asked for.
    func status(of error: any Error) -> SpanData.Status {
        .error(description: message(of: error) ?? errorTypeName(error))
    }

    /// An error's text, if that was asked for or is known to hold no data.
    private func message(of error: any Error) -> String? {
        if let redacted = error as? any RedactedError { return redacted.description }
        return configuration.recordsErrorMessages ? String(describing: error) : nil
    }

    func exceptionEvent(_ error: any Error) -> SpanData.Event {
        var attributes = [Attribute("exception.type", .string(errorTypeName(error)))]
        if let message = message(of: error) { attributes.append(Attribute("exception.message", .string(message))) }
        return SpanData.Event(name: "exception", time: tracer.clock.nanoseconds, attributes: attributes)
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

    /// What is told of work that was undone with its transaction.
    static let rollback: (attributes: [Attribute], status: SpanData.Status) = (
        [
            Attribute(QueueAttributes.errorType, "rollback"),
            Attribute(QueueAttributes.transactionOutcome, "rolled_back"),
        ], .error(description: "the transaction was rolled back")
    )
}
