import QueuertOTel

/// How a span must have ended.
public struct StatusMatcher: Hashable, Sendable {
    private enum Base: Hashable, Sendable {
        case unset, ok, error(description: String?)
    }
    private let base: Base

    /// The status was not set, which is how success looks.
    public static let unset = StatusMatcher(base: .unset)
    /// The application said that all went well.
    public static let ok = StatusMatcher(base: .ok)
    /// The work failed, whatever the description says.
    public static let error = StatusMatcher(base: .error(description: nil))
    /// The work failed, and the description is this one.
    ///
    /// - Parameter description: The status's description.
    /// - Returns: The matcher.
    public static func error(_ description: String) -> StatusMatcher {
        StatusMatcher(base: .error(description: description))
    }

    /// What is wanted, as failures show it.
    var description: String {
        switch base {
        case .unset: SpanText.status(.unset)
        case .ok: SpanText.status(.ok)
        case .error(let description): SpanText.status(.error(description: description ?? ""))
        }
    }

    func matches(_ status: SpanData.Status) -> Bool {
        switch (base, status) {
        case (.unset, .unset), (.ok, .ok), (.error(nil), .error): true
        case (.error(let wanted), .error(let found)): wanted == found
        default: false
        }
    }
}
