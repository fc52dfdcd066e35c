internal import Queuert

extension QueueInstrumentation.Configuration {
    /// What is told of an error: its type, and its text only if that was asked for.
    func status(of error: any Error) -> SpanData.Status {
        .error(description: message(of: error) ?? errorTypeName(error))
    }

    /// What the conventions want of an error.
    ///
    /// Swift's errors have no stack trace.
    func exception(_ error: any Error) -> [Attribute] {
        var attributes = [Attribute("exception.type", .string(errorTypeName(error)))]
        if let message = message(of: error) { attributes.append(Attribute("exception.message", .string(message))) }
        return attributes
    }

    /// An error's text, if that was asked for or is known to hold no data.
    private func message(of error: any Error) -> String? {
        if let redacted = error as? any RedactedError { return redacted.description }
        return recordsErrorMessages ? String(describing: error) : nil
    }
}
