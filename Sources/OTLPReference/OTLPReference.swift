internal import COTLP
internal import CProtobufC
package import QueuertOTel

/// Encodes telemetry with protobuf-c: the reference that the library's own encoder is compared with, in tests byte for
/// byte and in benchmarks by speed.
///
/// It is no part of any product.
package enum OTLPReference {
    /// The message for the spans, grouped by scope in the order in which scopes first appear.
    package static func encode(_ spans: some Collection<SpanData>, resource: Resource) -> [UInt8] {
        var builder = OTLPMessageBuilder()
        let request = builder.request(spans, resource: resource)
        let size = queuert__otlp__v1__export_trace_request__get_packed_size(request)
        let message = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = queuert__otlp__v1__export_trace_request__pack(request, buffer.baseAddress)
        }
        // The request points into the builder's arena, which must live until the message is written.
        _ = consume builder
        return message
    }

    /// The message for the log records, grouped by scope in the order in which scopes first appear.
    package static func encode(_ records: [LogRecordData], resource: Resource) -> [UInt8] {
        var builder = OTLPMessageBuilder()
        let request = builder.request(records, resource: resource)
        let size = queuert__otlp__v1__export_logs_request__get_packed_size(request)
        let message = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = queuert__otlp__v1__export_logs_request__pack(request, buffer.baseAddress)
        }
        _ = consume builder
        return message
    }

    /// The message for the metrics, grouped by scope in the order in which scopes first appear.
    package static func encode(_ metrics: [MetricData], resource: Resource) -> [UInt8] {
        var builder = OTLPMessageBuilder()
        let request = builder.request(metrics, resource: resource)
        let size = queuert__otlp__v1__export_metrics_request__get_packed_size(request)
        let message = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = queuert__otlp__v1__export_metrics_request__pack(request, buffer.baseAddress)
        }
        _ = consume builder
        return message
    }
}
