/// What became of spans or log records: each is counted once.
public struct BatchStatistics: Hashable, Sendable {
    /// Items that the receiver took.
    public var exported = 0
    /// Items that the receiver sorted out of a batch that it took.
    public var rejected = 0
    /// Items in batches that were refused, or whose receiver could not be reached, by cause.
    public var failedByCause: [ExportFailureCause: Int] = [:]
    /// Items that came while the queue was full.
    public var droppedQueueFull = 0
    /// Items that came after the shutdown.
    public var droppedAfterShutdown = 0
    /// Items that were still waiting when the shutdown's time was up.
    public var droppedAtDeadline = 0
    /// Items that wait for their export, the batch under way included.
    public var pending = 0
    /// Items of those in the batch under way.
    public var exporting = 0

    /// Items in batches that were refused, or whose receiver could not be reached, whatever the cause.
    public var failed: Int { failedByCause.values.reduce(0, +) }

    /// Makes statistics of nothing.
    public init() {}
}
