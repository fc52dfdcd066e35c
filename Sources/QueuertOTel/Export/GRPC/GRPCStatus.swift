import FoundationEssentials

/// How a call over gRPC ended.
struct GRPCStatus: Equatable, Sendable {
    /// gRPC's codes, of which a receiver may send others too.
    enum Code: Int, CaseIterable, Sendable {
        case ok, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
        case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, internalError, unavailable
        case dataLoss, unauthenticated

        /// The word that gRPC has for it.
        var word: String {
            switch self {
            case .ok: "OK"
            case .cancelled: "CANCELLED"
            case .unknown: "UNKNOWN"
            case .invalidArgument: "INVALID_ARGUMENT"
            case .deadlineExceeded: "DEADLINE_EXCEEDED"
            case .notFound: "NOT_FOUND"
            case .alreadyExists: "ALREADY_EXISTS"
            case .permissionDenied: "PERMISSION_DENIED"
            case .resourceExhausted: "RESOURCE_EXHAUSTED"
            case .failedPrecondition: "FAILED_PRECONDITION"
            case .aborted: "ABORTED"
            case .outOfRange: "OUT_OF_RANGE"
            case .unimplemented: "UNIMPLEMENTED"
            case .internalError: "INTERNAL"
            case .unavailable: "UNAVAILABLE"
            case .dataLoss: "DATA_LOSS"
            case .unauthenticated: "UNAUTHENTICATED"
            }
        }
    }

    let code: Code
    let message: String
    /// How long the receiver wants to be left alone; `nil` if it doesn't say.
    let retryDelay: Duration?

    /// Reads the trailers of an answer; `nil` if they hold no status.
    init?(_ headers: [String: String]) {
        guard let number = headers["grpc-status"].flatMap({ Int($0) }) else { return nil }
        code = Code(rawValue: number) ?? .unknown
        let text = headers["grpc-message"] ?? ""
        message = OTLPAnswer.bounded(PercentEncoding.decode(text) ?? text)
        retryDelay = headers["grpc-status-details-bin"].flatMap(Self.retryDelay)
    }

    /// What is lost for this status is counted by its word.
    var cause: ExportFailureCause { ExportFailureCause(rawValue: code.word) }

    /// Whether OTLP has the sender try again: a receiver that is exhausted has to ask for it.
    var isTransient: Bool {
        switch code {
        case .cancelled, .deadlineExceeded, .aborted, .outOfRange, .unavailable, .dataLoss: true
        case .resourceExhausted: retryDelay != nil
        default: false
        }
    }

    /// The delay in the details of a status, which are a `google.rpc.Status` in base 64, maybe without its padding.
    private static func retryDelay(_ text: String) -> Duration? {
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let bytes = Data(base64Encoded: text + padding),
            let delay = OTLPMessages.retryDelay([UInt8](bytes))
        else { return nil }
        // A year and more mean for ever, which the sender's deadline cuts short.
        let seconds = min(max(delay.seconds, 0), 86_400 * 365)
        return .seconds(seconds) + .nanoseconds(Int64(max(delay.nanoseconds, 0)))
    }
}
