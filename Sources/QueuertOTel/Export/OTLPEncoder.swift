internal import COTLP
internal import CProtobufC

/// Encodes spans as an `ExportTraceServiceRequest` of OTLP.
struct OTLPEncoder: Sendable {
    /// A batch whose message would be over the limit.
    struct MessageTooLarge: Error, Equatable {
        /// How large the message would be.
        let byteCount: Int
    }

    /// The process that the spans come from.
    let resource: Resource

    /// The message for the spans, grouped by scope in the order in which scopes first appear.
    ///
    /// The size is known before the message is written, so one that is too large costs no second copy.
    func encode(_ spans: some Collection<SpanData>, maximumBytes: Int = .max) throws(MessageTooLarge) -> [UInt8] {
        var builder = OTLPMessageBuilder()
        let request = builder.request(spans, resource: resource)
        let size = queuert__otlp__v1__export_trace_request__get_packed_size(request)
        guard size <= maximumBytes else { throw MessageTooLarge(byteCount: size) }
        let message = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = queuert__otlp__v1__export_trace_request__pack(request, buffer.baseAddress)
        }
        // The request points into the builder's arena, which must live until the message is written.
        _ = consume builder
        return message
    }
}
