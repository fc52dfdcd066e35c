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
    /// - Parameter body: The request's bytes.
    /// - Returns: The spans in it.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    func decode(_ body: [UInt8]) throws -> TraceBatch {
        // An empty body is a protobuf message without fields. It isn't JSON, but says as much.
        guard !body.isEmpty else { return TraceBatch() }
        return switch self {
        case .protobuf: try TraceScanner.scan(body)
        case .json: try TraceScanner.scan(OTLPJSON.protobuf(of: body, .traces))
        }
    }

    /// Encodes the answer to a request that was kept.
    ///
    /// - Parameters:
    ///   - rejectedCount: How many spans were refused. If none was, the answer is empty, as OTLP demands.
    ///   - reason: Why the first of them was refused.
    /// - Returns: An `ExportTraceServiceResponse`.
    func success(rejectedCount: Int, reason: String) -> [UInt8] {
        switch self {
        case .protobuf where rejectedCount == 0: return []
        case .json where rejectedCount == 0: return Array("{}".utf8)
        case .json:
            let partial = PartialSuccess(rejectedSpans: String(rejectedCount), errorMessage: reason)
            return encodeJSON(["partialSuccess": partial])
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
        case .json: encodeJSON(FailureStatus(code: code.rawValue, message: message))
        case .protobuf: packStatus(code: code.rawValue, message: message)
        }
    }

    /// The codes of `google.rpc.Status` that the collector uses.
    enum StatusCode: Int32 {
        /// The request can't be read.
        case invalidArgument = 3
        /// The request is too large.
        case resourceExhausted = 8
        /// The request can't be kept now, and may be sent again.
        case unavailable = 14
    }

    private struct PartialSuccess: Encodable {
        let rejectedSpans: String
        let errorMessage: String
    }
    private struct FailureStatus: Encodable {
        let code: Int32
        let message: String
    }

    private func encodeJSON(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(value))
        } catch {
            // Nothing but text and integers is ever encoded here.
            preconditionFailure("text and integers couldn't be written as JSON: \(error)")
        }
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
