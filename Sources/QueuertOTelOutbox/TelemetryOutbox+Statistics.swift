extension TelemetryOutbox {
    /// What became of spans, data points and log records: each that this process kept, sent or dropped is counted.
    ///
    /// Processes that share a file have statistics of their own: one may keep what another sends.
    public struct Statistics: Hashable, Sendable {
        /// Items that were written to the file.
        public var kept = 0
        /// Items that could not be written, which their exporter tried to send itself.
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

        /// Makes statistics of nothing.
        public init() {}
    }
}
