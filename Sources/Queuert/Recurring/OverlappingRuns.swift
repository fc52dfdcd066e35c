/// What becomes of an occurrence while the chain of an earlier one is still open.
public enum OverlappingRuns: String, Sendable, Hashable, Codable {
    /// Another chain is started, beside the one that is open.
    case allow
    /// The occurrence is left out.
    case skip
}
