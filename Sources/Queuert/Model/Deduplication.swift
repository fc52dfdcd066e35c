/// Says when starting a chain is not needed, because an existing one does as well.
///
/// Chains are compared by a key, each type of chain for itself. A key belongs to the chain that was started with it last:
/// that one is looked at, as a whole, and if it doesn't match, the new chain is started and takes the key over. The
/// database sees to it that of any number of starters at once one starts a chain and the others are given it.
public struct Deduplication: Sendable, Hashable {
    /// Which chains match.
    public enum Scope: String, Sendable, Hashable, Codable {
        /// Chains that go on: neither completed, nor cancelled, nor failed.
        case open
        /// All chains, however they ended.
        case any
    }
    /// What the chain is compared by, among the chains of its type.
    public var key: String
    /// Which chains match.
    public var scope: Scope
    /// How old the chain may be at most; as old as it likes if `nil`.
    public var window: Duration?
    /// Chains that don't match, such as the one that starts its own successor.
    public var excluding: Set<JobID>

    /// Makes a rule.
    ///
    /// - Parameters:
    ///   - key: What the chain is compared by, among the chains of its type.
    ///   - scope: Which chains match; those that go on by default.
    ///   - window: How old the chain may be at most, by the time of its start.
    ///   - excluding: Chains that don't match.
    public init(key: String, scope: Scope = .open, window: Duration? = nil, excluding: Set<JobID> = []) {
        self.key = key
        self.scope = scope
        self.window = window
        self.excluding = excluding
    }

    /// Whether an existing chain does as well, for state adapters.
    ///
    /// - Parameters:
    ///   - chain: The first and the last job of the chain that has the key.
    ///   - now: The time of the database.
    /// - Returns: Whether no new chain is needed.
    public func matches(_ chain: ChainEnds, at now: Timestamp) -> Bool {
        if excluding.contains(chain.first.id) { return false }
        if let window, now - chain.first.createdAt > window { return false }
        return scope == .any || chain.last.isOpen
    }
}

extension JobRow {
    /// Whether the job, and with it the chain if it is its last, goes on by itself.
    public var isOpen: Bool { completedAt == nil && cancelledAt == nil && failedAt == nil }
}
