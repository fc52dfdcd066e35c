internal import COTLP

/// Reads the messages that receivers answer with; the thin wrapper around protobuf-c.
enum OTLPMessages {
    /// What an answer says of items that were not taken, how many and why.
    ///
    /// The answers of all signals are alike on the wire.
    ///
    /// - Parameter bytes: The encoded answer.
    /// - Returns: The number and the message, zero and empty if all was taken; `nil` if the bytes are no answer.
    static func partialSuccess(_ bytes: [UInt8]) -> (rejected: Int64, message: String)? {
        guard let answer = queuert__otlp__v1__export_trace_response__unpack(nil, bytes.count, bytes) else { return nil }
        defer { queuert__otlp__v1__export_trace_response__free_unpacked(answer, nil) }
        guard let partial = answer.pointee.partial_success else { return (0, "") }
        return (partial.pointee.rejected_spans, partial.pointee.error_message.map { String(cString: $0) } ?? "")
    }

    /// The message of a `google.rpc.Status`.
    ///
    /// - Parameter bytes: The encoded status.
    /// - Returns: The message; `nil` if the bytes are no status.
    static func statusMessage(_ bytes: [UInt8]) -> String? {
        guard let status = queuert__otlp__v1__rpc_status__unpack(nil, bytes.count, bytes) else { return nil }
        defer { queuert__otlp__v1__rpc_status__free_unpacked(status, nil) }
        return status.pointee.message.map { String(cString: $0) }
    }

    /// The delay of the first `google.rpc.RetryInfo` among the details of a `google.rpc.Status`.
    ///
    /// - Parameter bytes: The encoded status.
    /// - Returns: The delay as it was sent, zero if the details name none; `nil` if there are no such details.
    static func retryDelay(_ bytes: [UInt8]) -> (seconds: Int64, nanoseconds: Int32)? {
        guard let status = queuert__otlp__v1__rpc_status__unpack(nil, bytes.count, bytes) else { return nil }
        defer { queuert__otlp__v1__rpc_status__free_unpacked(status, nil) }
        for detail in UnsafeBufferPointer(start: status.pointee.details, count: status.pointee.n_details) {
            guard let detail, let url = detail.pointee.type_url,
                String(cString: url).hasSuffix("/google.rpc.RetryInfo"),
                let info = queuert__otlp__v1__retry_info__unpack(
                    nil, detail.pointee.value.len, detail.pointee.value.data)
            else { continue }
            defer { queuert__otlp__v1__retry_info__free_unpacked(info, nil) }
            guard let delay = info.pointee.retry_delay else { return (0, 0) }
            return (delay.pointee.seconds, delay.pointee.nanos)
        }
        return nil
    }
}
