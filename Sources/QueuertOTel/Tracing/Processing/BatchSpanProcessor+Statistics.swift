extension BatchSpanProcessor {
    /// What became of the spans that ended: each is counted once.
    public struct Statistics: Hashable, Sendable {
        /// Spans that the receiver took.
        public var exported = 0
        /// Spans that the receiver sorted out of a batch that it took.
        public var rejected = 0
        /// Spans in batches that were refused, or whose receiver could not be reached.
        public var failed = 0
        /// Spans that ended while the queue was full.
        public var droppedQueueFull = 0
        /// Spans that ended after the shutdown.
        public var droppedAfterShutdown = 0
        /// Spans that were still waiting when the shutdown's time was up.
        public var droppedAtDeadline = 0
        /// Spans that wait for their export, the batch under way included.
        public var pending = 0

        /// Makes statistics of nothing.
        public init() {}
    }
}
