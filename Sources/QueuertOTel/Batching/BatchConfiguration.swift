/// How spans or log records are collected into batches.
public struct BatchConfiguration: Hashable, Sendable {
    /// How many items may wait; those that come while so many wait are dropped.
    ///
    /// 2,048 by default.
    public var maximumQueueSize: Int
    /// How many items a batch has at most, and how many must wait for a batch to be sent early.
    ///
    /// 512 by default.
    public var maximumBatchSize: Int
    /// How long items wait for a batch to fill.
    ///
    /// 5 seconds by default.
    public var scheduleDelay: Duration
    /// How long the export of one batch may take.
    ///
    /// 30 seconds by default.
    public var exportTimeout: Duration

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - maximumQueueSize: How many items may wait, at least 1.
    ///   - maximumBatchSize: How many items a batch has at most, at least 1; cut down to the queue's size.
    ///   - scheduleDelay: How long items wait for a batch to fill.
    ///   - exportTimeout: How long the export of one batch may take.
    public init(
        maximumQueueSize: Int = 2048, maximumBatchSize: Int = 512, scheduleDelay: Duration = .seconds(5),
        exportTimeout: Duration = .seconds(30)
    ) {
        precondition(maximumQueueSize > 0, "A queue without room drops everything. Give a size of at least 1.")
        precondition(maximumBatchSize > 0, "A batch without room exports nothing. Give a size of at least 1.")
        self.maximumQueueSize = maximumQueueSize
        self.maximumBatchSize = min(maximumBatchSize, maximumQueueSize)
        self.scheduleDelay = scheduleDelay
        self.exportTimeout = exportTimeout
    }
}
