/// Why telemetry was not taken, as a word: losses are counted by it, and told as the `error.type` of `otel.sdk.*` metrics.
///
/// An exporter of your own may have words of its own. Let them be few, and never the text of an error: each is counted.
public struct ExportFailureCause: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
    /// The word.
    public let rawValue: String

    /// Makes a cause of a word.
    ///
    /// - Parameter rawValue: The word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes a cause of a word.
    ///
    /// - Parameter value: The word.
    public init(stringLiteral value: String) { rawValue = value }

    /// There was no answer in time.
    public static let timeout: ExportFailureCause = "timeout"
    /// The export was interrupted, as a shutdown does whose time is up.
    public static let interrupted: ExportFailureCause = "interrupted"
    /// The receiver could not be reached, or the connection broke.
    public static let connectionFailed: ExportFailureCause = "connection_failed"
    /// The receiver's certificate isn't one to be trusted.
    public static let untrustedReceiver: ExportFailureCause = "untrusted_receiver"
    /// An item is larger than a request may be.
    public static let tooLarge: ExportFailureCause = "too_large"
    /// The receiver's answer makes no sense, or is larger than one may be.
    public static let unreadableAnswer: ExportFailureCause = "unreadable_answer"
    /// Nothing can be sent as it is configured.
    public static let misconfigured: ExportFailureCause = "misconfigured"
    /// Anything else.
    public static let other: ExportFailureCause = "_OTHER"

    /// The receiver answered with a status of HTTP's.
    ///
    /// - Parameter code: The status, such as 400.
    /// - Returns: The status as a word.
    public static func status(_ code: Int) -> ExportFailureCause { ExportFailureCause(rawValue: "\(code)") }

    /// Whether a receiver has refused the request by a status, and so may take a part of it.
    ///
    /// Where the answer makes no sense, who knows whether the request was taken.
    package var smallerRequestMayHelp: Bool {
        if let status = Int(rawValue) { return status >= 400 }
        return GRPCStatus.Code.allCases.contains { $0.word == rawValue }
    }

    /// Whether any other request would have been answered alike.
    ///
    /// Who answers lets nobody in with these credentials, or is none that takes the signal at this address, such as a
    /// proxy before a receiver that is gone.
    package var meetsEveryRequest: Bool {
        if let status = Int(rawValue) { return status / 100 == 3 || [401, 403, 404, 405, 407].contains(status) }
        let codes: [GRPCStatus.Code] = [.unauthenticated, .permissionDenied, .unimplemented]
        return self == .unreadableAnswer || codes.contains { $0.word == rawValue }
    }
}
