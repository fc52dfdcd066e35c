/// What became of spans, data points and log records in an outbox: each that this process kept, sent or dropped is counted.
///
/// Processes that share an outbox have counts of their own: one may keep what another sends.
public struct OTLPOutboxCounts: Hashable, Sendable {
    /// Items that were kept.
    public var kept = 0
    /// Items that could not be kept, which their exporter tried to send itself.
    public var notKept = 0
    /// Items that the receiver took.
    public var sent = 0
    /// Items that the receiver sorted out of a request that it took.
    public var rejected = 0
    /// Items in requests that the receiver refused: to send them again would not help.
    public var refused = 0
    /// Items that had to make room for newer ones.
    public var droppedForRoom = 0
    /// Items that had become too old.
    public var droppedTooOld = 0

    /// Makes counts of nothing.
    public init() {}
}
