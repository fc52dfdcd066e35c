/// A request that got no answer, or one that makes no sense.
struct HTTPTransportError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    enum Code: String, Sendable {
        /// The receiver could not be reached, or the connection broke.
        case connectionFailed
        /// There was no complete answer in time.
        case timedOut
        /// Another thread ended the request.
        case interrupted
        /// The answer is over the limit.
        case responseTooLarge
        /// What came isn't HTTP.
        case malformedResponse
        /// The receiver's certificate isn't one to be trusted.
        case untrustedReceiver
        /// The request can't work as it is configured: certificates, files, address.
        case misconfigured

        /// What it is counted as.
        var cause: ExportFailureCause {
            switch self {
            case .connectionFailed: .connectionFailed
            case .timedOut: .timeout
            case .interrupted: .interrupted
            case .responseTooLarge, .malformedResponse: .unreadableAnswer
            case .untrustedReceiver: .untrustedReceiver
            case .misconfigured: .misconfigured
            }
        }
    }

    let code: Code
    /// libcurl's own words, or ours, which hold neither addresses nor header values.
    let detail: String

    /// Whether the same request may work later.
    var isTransient: Bool { code == .connectionFailed || code == .timedOut }

    /// What was wrong, and what to do.
    var description: String { "\(sentence): \(detail). \(hint)" }

    private var sentence: String {
        switch code {
        case .connectionFailed: "The connection to the receiver failed"
        case .timedOut: "The receiver didn't answer in time"
        case .interrupted: "The export was interrupted"
        case .responseTooLarge: "The receiver's answer is too large"
        case .malformedResponse: "The receiver's answer isn't HTTP"
        case .untrustedReceiver: "The receiver's certificate is not accepted"
        case .misconfigured: "The request can't be sent as configured"
        }
    }

    private var hint: String {
        switch code {
        case .connectionFailed: "Is the receiver running, and the endpoint right?"
        case .timedOut: "Is the receiver overloaded? OTEL_EXPORTER_OTLP_TIMEOUT sets how long to wait."
        case .interrupted: "This is usual when a process stops."
        case .responseTooLarge, .malformedResponse: "Is the endpoint really an OTLP receiver over HTTP?"
        case .untrustedReceiver:
            "Renew the receiver's certificate, or name its authority by OTEL_EXPORTER_OTLP_CERTIFICATE."
        case .misconfigured: "Look at the certificate settings and the scheme of the endpoint."
        }
    }
}
