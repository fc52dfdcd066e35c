/// How spans or log records are collected into batches.
public struct BatchConfiguration: Hashable, Sendable {
    /// How many items may wait; those that come while so many wait are dropped.
    ///
    /// 2,048 by default. Set to less than 1, it becomes 1.
    public var maximumQueueSize: Int { didSet { maximumQueueSize = max(1, maximumQueueSize) } }
    /// How many items a batch has at most, and how many must wait for a batch to be sent early.
    ///
    /// 512 by default. Set to less than 1, it becomes 1; if it is larger than the queue, the queue's size counts.
    public var maximumBatchSize: Int { didSet { maximumBatchSize = max(1, maximumBatchSize) } }
    /// How long items wait for a batch to fill.
    ///
    /// 5 seconds by default. Less than a millisecond becomes one.
    public var scheduleDelay: Duration { didSet { scheduleDelay = max(Self.leastDelay, scheduleDelay) } }
    /// How long the export of one batch may take.
    ///
    /// 30 seconds by default.
    public var exportTimeout: Duration

    /// With none at all, the thread would do nothing but look whether there is something to export.
    static let leastDelay = Duration.milliseconds(1)

    /// Makes a configuration.
    ///
    /// A size of less than 1 is a mistake that stops the program.
    ///
    /// - Parameters:
    ///   - maximumQueueSize: How many items may wait, at least 1.
    ///   - maximumBatchSize: How many items a batch has at most, at least 1; cut down to the queue's size.
    ///   - scheduleDelay: How long items wait for a batch to fill, at least a millisecond.
    ///   - exportTimeout: How long the export of one batch may take.
    public init(
        maximumQueueSize: Int = 2048, maximumBatchSize: Int = 512, scheduleDelay: Duration = .seconds(5),
        exportTimeout: Duration = .seconds(30)
    ) {
        precondition(maximumQueueSize > 0, "A queue without room drops everything. Give a size of at least 1.")
        precondition(maximumBatchSize > 0, "A batch without room exports nothing. Give a size of at least 1.")
        self.maximumQueueSize = maximumQueueSize
        self.maximumBatchSize = min(maximumBatchSize, maximumQueueSize)
        self.scheduleDelay = max(Self.leastDelay, scheduleDelay)
        self.exportTimeout = exportTimeout
    }
}
