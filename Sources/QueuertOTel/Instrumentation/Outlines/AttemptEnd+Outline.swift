internal import Queuert

extension AttemptEnd {
    /// What an attempt's span says of its end.
    ///
    /// - Parameter batchSize: How many attempts shared the call of the handler.
    /// - Returns: The attributes.
    func attributes(batchSize: Int) -> [Attribute] {
        var attributes = [Attribute(QueueAttributes.attemptResult, .string(result.word))]
        func add(_ key: String, _ value: AttributeValue) { attributes.append(Attribute(key, value)) }
        if let errorType = result.errorType { add(QueueAttributes.errorType, .string(errorType)) }
        if batchSize > 1 { add(QueueAttributes.batchSize, .int(Int64(batchSize))) }
        attributes += result.continuation
        if let scheduledAt {
            add(QueueAttributes.rescheduledAt, .string(scheduledAt.iso8601))
            add(QueueAttributes.rescheduledAfter, .int(max(0, (scheduledAt - at) / .milliseconds(1)).rounded64))
        }
        return attributes
    }
}

extension AttemptEnd.Result {
    /// The value of `queuert.attempt.result`.
    var word: String {
        switch self {
        case .completed, .continued: "completed"
        case .failed: "failed"
        case .rescheduled: "rescheduled"
        case .lost: "lost"
        case .released, .cancelled: "cancelled"
        case .superseded: "superseded"
        }
    }

    /// The value of `error.type`; `nil` if this is no failure.
    var errorType: String? {
        switch self {
        case .failed(let error): QueueInstrumentation.errorType(of: error)
        case .lost: "worker_lost"
        case .cancelled: "cancelled"
        case .completed, .continued, .rescheduled, .released, .superseded: nil
        }
    }

    /// Which job follows, if one does.
    var continuation: [Attribute] {
        guard case .continued(let jobID, let typeName) = self else { return [] }
        return [
            Attribute(QueueAttributes.continuedWithID, .string(jobID.rawValue)),
            Attribute(QueueAttributes.continuedWithType, .string(typeName)),
        ]
    }

    /// The status of the attempt's span.
    func status(_ configuration: QueueInstrumentation.Configuration) -> SpanData.Status {
        switch self {
        case .failed(let error): configuration.status(of: error)
        case .lost: .error(description: "the worker's lease ran out")
        case .cancelled: .error(description: "the chain was cancelled")
        case .completed, .continued, .rescheduled, .released, .superseded: .unset
        }
    }
}

extension Double {
    /// The nearest whole number; what no 64 bits can hold is cut.
    fileprivate var rounded64: Int64 { Int64(exactly: rounded()) ?? (self < 0 ? .min : .max) }
}
