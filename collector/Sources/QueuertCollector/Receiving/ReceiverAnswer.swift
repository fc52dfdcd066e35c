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
    ///   - failure: Why.
    ///   - encoding: The request's encoding.
    /// - Returns: The answer.
    static func failure(_ failure: ReceiverFailure, _ encoding: OTLPEncoding) -> Response {
        var response = response(failure.status, encoding, encoding.failure(failure.code, message: failure.message))
        if let retryAfter = failure.retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        return response
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
