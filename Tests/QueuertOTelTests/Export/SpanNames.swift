import COTLP
import CProtobufC

@testable import QueuertOTel

/// The names of the spans in a message.
enum SpanNames {
    /// The bytes are no message.
    struct Unreadable: Error {}

    static func read(_ message: [UInt8]) throws -> [String] {
        guard let request = queuert__otlp__v1__export_trace_request__unpack(nil, message.count, message) else {
            throw Unreadable()
        }
        defer { queuert__otlp__v1__export_trace_request__free_unpacked(request, nil) }
        return OTLPDecoded.names(request)
    }
}
