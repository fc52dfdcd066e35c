internal import Queuert

extension AttemptEnd {
    /// Adds what an attempt's span says of its end.
    ///
    /// - Parameters:
    ///   - attributes: What the span says already.
    ///   - batchSize: How many attempts shared the call of the handler.
    func tell(in attributes: inout [Attribute], batchSize: Int) {
        func add(_ key: String, _ value: AttributeValue) { attributes.append(Attribute(key, value)) }
        add(QueueAttributes.attemptResult, .string(result.word))
        if let errorType = result.errorType { add(QueueAttributes.errorType, .string(errorType)) }
        if batchSize > 1 { add(QueueAttributes.batchSize, .int(Int64(batchSize))) }
        result.tellContinuation(in: &attributes)
        if let scheduledAt {
            add(QueueAttributes.rescheduledAt, .string(scheduledAt.iso8601))
            add(QueueAttributes.rescheduledAfter, .int(max(0, (scheduledAt - at) / .milliseconds(1)).rounded64))
        }
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

    /// What a phase says that is open when the attempt ends: that it came to nothing, unless it wrote the end itself.
    ///
    /// That the job was given back, as at a shutdown, is no error.
    func endOfPhase(_ configuration: QueueInstrumentation.Configuration) -> (
        errorType: String?, status: SpanData.Status
    ) {
        switch self {
        case .completed, .continued, .rescheduled, .released: (nil, .unset)
        case .failed(let error): (QueueInstrumentation.errorType(of: error), configuration.status(of: error))
        case .cancelled: ("cancelled", .error(description: "the attempt was cancelled"))
        case .lost, .superseded: ("lease_expired", .error(description: "the worker lost its lease"))
        }
    }

    /// Adds which job follows, if one does.
    func tellContinuation(in attributes: inout [Attribute]) {
        guard case .continued(let jobID, let typeName) = self else { return }
        attributes.append(Attribute(QueueAttributes.continuedWithID, .string(jobID.rawValue)))
        attributes.append(Attribute(QueueAttributes.continuedWithType, .string(typeName)))
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
