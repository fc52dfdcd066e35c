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

    /// The items are kept.
    ///
    /// - Parameters:
    ///   - encoding: The request's encoding.
    ///   - batch: What the request held.
    /// - Returns: The answer.
    static func success(_ encoding: OTLPEncoding, _ batch: ReceivedBatch) -> Response {
        response(
            .ok, encoding,
            encoding.success(batch.signal, rejectedCount: batch.rejectedCount, reason: batch.rejectionReason))
    }

    /// The items are not kept.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - encoding: The request's encoding.
    ///   - code: The kind of failure.
    ///   - message: What was wrong and what to do.
    ///   - retryAfter: After how many seconds the request may be sent again; `nil` for never.
    /// - Returns: The answer.
    static func failure(
        _ status: HTTPResponse.Status, _ encoding: OTLPEncoding, _ code: OTLPEncoding.StatusCode, _ message: String,
        retryAfter: Int? = nil
    ) -> Response {
        var response = response(status, encoding, encoding.failure(code, message: message))
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        return response
    }

    /// The answer that a test has asked for.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - request: The request, which is not looked at.
    /// - Returns: The answer.
    static func scripted(_ status: Int, _ request: Request) -> Response {
        let code: OTLPEncoding.StatusCode =
            switch status {
            case 400: .invalidArgument
            case 401: .unauthenticated
            case 413, 429: .resourceExhausted
            case 502, 503, 504: .unavailable
            default: .internalError
            }
        let isOverload = [429, 503].contains(status)
        return failure(
            .init(code: status), OTLPEncoding(header: request.headers[.contentType]) ?? .protobuf, code,
            "a scripted fault", retryAfter: isOverload ? 1 : nil)
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
