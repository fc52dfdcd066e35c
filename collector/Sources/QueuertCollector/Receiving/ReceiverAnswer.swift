internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The answers that an OTLP sender can get.
enum ReceiverAnswer {
    /// The method isn't POST.
    static var methodNotAllowed: Response {
        var response = text(.methodNotAllowed, "405 method not allowed, supported: [POST]")
        response.headers[.allow] = "POST"
        return response
    }

    /// The media type is neither of OTLP's.
    static var unsupportedMediaType: Response {
        text(.unsupportedMediaType, "415 unsupported media type, supported: [application/json, application/x-protobuf]")
    }

    /// The spans are kept.
    ///
    /// - Parameters:
    ///   - encoding: The request's encoding.
    ///   - traces: What the request held.
    /// - Returns: The answer.
    static func success(_ encoding: OTLPEncoding, _ traces: TraceBatch) -> Response {
        response(.ok, encoding, encoding.success(rejectedCount: traces.rejectedCount, reason: traces.rejectionReason))
    }

    /// The spans are not kept.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - encoding: The request's encoding.
    ///   - code: The kind of failure.
    ///   - message: What was wrong and what to do.
    /// - Returns: The answer.
    static func failure(
        _ status: HTTPResponse.Status, _ encoding: OTLPEncoding, _ code: OTLPEncoding.StatusCode, _ message: String
    ) -> Response {
        response(status, encoding, encoding.failure(code, message: message))
    }

    private static func response(
        _ status: HTTPResponse.Status, _ encoding: OTLPEncoding, _ body: [UInt8]
    ) -> Response {
        .init(
            status: status, headers: [.contentType: encoding.rawValue], body: .init(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private static func text(_ status: HTTPResponse.Status, _ sentence: String) -> Response {
        .init(
            status: status, headers: [.contentType: "text/plain; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: sentence)))
    }
}
