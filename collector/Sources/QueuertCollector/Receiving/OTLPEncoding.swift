internal import COTLP
import Foundation

/// The encodings that OTLP over HTTP has; an answer has the request's.
enum OTLPEncoding: String, Sendable {
    /// Binary protobuf.
    case protobuf = "application/x-protobuf"
    /// Protobuf's JSON form.
    case json = "application/json"

    /// Reads the value of a `Content-Type` header, whatever its parameters.
    ///
    /// - Parameter header: The value; `nil` if there is no such header.
    init?(header: String?) {
        let mediaType = header?.split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
        self.init(rawValue: mediaType.trimmingCharacters(in: .whitespaces).lowercased())
    }

    /// Decodes a request.
    ///
    /// - Parameters:
    ///   - body: The request's bytes.
    ///   - signal: What it carries.
    /// - Returns: What is in it.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    func decode(_ body: [UInt8], _ signal: Signal) throws(OTLPDecodingError) -> ReceivedBatch {
        switch self {
        // An empty body is a protobuf message without fields. It isn't JSON, but says as much.
        case .json where !body.isEmpty: try ReceivedBatch(OTLPJSON.protobuf(of: body, signal), signal)
        case .protobuf, .json: try ReceivedBatch(body, signal)
        }
    }

    /// Encodes the answer to a request that was kept.
    ///
    /// - Parameters:
    ///   - signal: What it carried.
    ///   - rejectedCount: How many items were refused. If none was, the answer is empty, as OTLP demands.
    ///   - reason: Why the first of them was refused.
    /// - Returns: The response of the signal's service.
    func success(_ signal: Signal, rejectedCount: Int, reason: String) -> [UInt8] {
        switch self {
        case .protobuf where rejectedCount == 0: return []
        case .json where rejectedCount == 0: return Array("{}".utf8)
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("partialSuccess")
            writer.beginObject()
            writer.key(text: signal.rejectedMember)
            writer.string(String(rejectedCount))
            writer.key("errorMessage")
            writer.string(reason)
            writer.endObject()
            writer.endObject()
            return writer.bytes
        // The three responses have the same numbers.
        case .protobuf: return packPartialSuccess(rejectedCount: Int64(rejectedCount), reason: reason)
        }
    }

    /// Encodes the answer to a request that failed.
    ///
    /// - Parameters:
    ///   - code: The kind of failure.
    ///   - message: What was wrong and what to do.
    /// - Returns: A `google.rpc.Status`.
    func failure(_ code: StatusCode, message: String) -> [UInt8] {
        switch self {
        case .json:
            var writer = JSONWriter()
            writer.beginObject()
            writer.key("code")
            writer.number(code.rawValue)
            writer.key("message")
            writer.string(message)
            writer.endObject()
            return writer.bytes
        case .protobuf: return packStatus(code: code.rawValue, message: message)
        }
    }

    /// The codes of `google.rpc.Status`, which are gRPC's, that the collector uses.
    enum StatusCode: Int32 {
        /// The request can't be read.
        case invalidArgument = 3
        /// The request is too large.
        case resourceExhausted = 8
        /// There is no such method, or the request is compressed in a way that isn't known; gRPC only.
        case unimplemented = 12
        /// Something is wrong with the collector, or with how a call is put into HTTP/2.
        case internalError = 13
        /// The request can't be kept now, and may be sent again.
        case unavailable = 14
        /// The token is missing or wrong.
        case unauthenticated = 16
    }

    private func packPartialSuccess(rejectedCount: Int64, reason: String) -> [UInt8] {
        var text = reason.utf8CString
        return text.withUnsafeMutableBufferPointer { text in
            var partial = Queuert__Otlp__V1__ExportTracePartialSuccess()
            queuert__otlp__v1__export_trace_partial_success__init(&partial)
            partial.rejected_spans = rejectedCount
            partial.error_message = text.baseAddress
            return withUnsafeMutablePointer(to: &partial) { partial in
                var response = Queuert__Otlp__V1__ExportTraceResponse()
                queuert__otlp__v1__export_trace_response__init(&response)
                response.partial_success = partial
                let size = queuert__otlp__v1__export_trace_response__get_packed_size(&response)
                return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                    count = queuert__otlp__v1__export_trace_response__pack(&response, buffer.baseAddress)
                }
            }
        }
    }

    private func packStatus(code: Int32, message: String) -> [UInt8] {
        var text = message.utf8CString
        return text.withUnsafeMutableBufferPointer { text in
            var status = Queuert__Otlp__V1__RpcStatus()
            queuert__otlp__v1__rpc_status__init(&status)
            status.code = code
            status.message = text.baseAddress
            let size = queuert__otlp__v1__rpc_status__get_packed_size(&status)
            return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
                count = queuert__otlp__v1__rpc_status__pack(&status, buffer.baseAddress)
            }
        }
    }
}

extension Signal {
    /// The member of a partial success that tells how many items were refused.
    fileprivate var rejectedMember: String {
        switch self {
        case .traces: "rejectedSpans"
        case .metrics: "rejectedDataPoints"
        case .logs: "rejectedLogRecords"
        }
    }
}
