internal import HTTPTypes
internal import NIOCore

/// Why a request isn't kept, in terms that HTTP and gRPC have in common.
struct ReceiverFailure: Error, Sendable {
    /// The HTTP status.
    let status: HTTPResponse.Status
    /// The kind of failure.
    let code: OTLPEncoding.StatusCode
    /// What was wrong and what to do.
    let message: String
    /// After how many seconds the request may be sent again; `nil` for never.
    let retryAfter: Int?

    /// Makes a failure.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - code: The kind of failure.
    ///   - message: What was wrong and what to do.
    ///   - retryAfter: After how many seconds the request may be sent again; `nil` for never.
    init(
        _ status: HTTPResponse.Status, _ code: OTLPEncoding.StatusCode, _ message: String, retryAfter: Int? = nil
    ) {
        self.status = status
        self.code = code
        self.message = message
        self.retryAfter = retryAfter
    }

    /// The token is missing or wrong.
    static let tokenMissing = Self(
        .unauthorized, .unauthenticated,
        "the token is missing or isn't the collector's. Send it as Authorization: Bearer TOKEN.")

    /// The request is larger than is allowed.
    static let tooLarge = Self(
        .contentTooLarge, .resourceExhausted,
        "the request is larger than 64 MiB, before or after decompression. Send smaller batches.")

    /// Says why a request isn't kept.
    ///
    /// - Parameter error: What was thrown while it was received and stored.
    init(_ error: any Error) {
        switch error {
        case let error as ReceiverFailure: self = error
        case is IntakeLimit.Full:
            self.init(
                .tooManyRequests, .resourceExhausted, "too much is being received at once. Send it again later.",
                retryAfter: 1)
        case DecompressionError.tooLarge, is NIOTooManyBytesError: self = .tooLarge
        case DecompressionError.suspicious:
            self.init(
                .contentTooLarge, .resourceExhausted,
                "the body becomes more than \(OTLPLimits.compressionRatio) times as large, as no telemetry does. "
                    + "Send smaller batches.")
        case DecompressionError.malformed:
            self.init(
                .badRequest, .invalidArgument,
                "the body isn't compressed as its header says, or breaks off. Compress it as one gzip file.")
        case let error as OTLPDecodingError: self.init(.badRequest, .invalidArgument, "\(error)")
        case let error as StoreError: self.init(.serviceUnavailable, .unavailable, "\(error)", retryAfter: 1)
        default: self.init(.badRequest, .invalidArgument, "the body broke off. Send it again.")
        }
    }

    /// The failure that a test has asked for.
    ///
    /// - Parameter status: The HTTP status.
    /// - Returns: The failure.
    static func scripted(_ status: Int) -> Self {
        let code: OTLPEncoding.StatusCode =
            switch status {
            case 400: .invalidArgument
            case 401: .unauthenticated
            case 405, 415: .unimplemented
            case 413, 429: .resourceExhausted
            case 502, 503, 504: .unavailable
            default: .internalError
            }
        return Self(
            .init(code: status), code, "a scripted fault", retryAfter: [429, 503].contains(status) ? 1 : nil)
    }
}
