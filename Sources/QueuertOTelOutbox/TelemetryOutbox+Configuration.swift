extension TelemetryOutbox {
    /// How much is kept, and how safely.
    public struct Configuration: Hashable, Sendable {
        /// How many bytes of messages are kept at most; beyond that the oldest are dropped and counted.
        ///
        /// 64 MiB by default. The file is somewhat larger. Set to less than 1, it becomes 1.
        public var maximumBytes: Int { didSet { maximumBytes = max(1, maximumBytes) } }
        /// How old a request may become that no receiver takes.
        ///
        /// 24 hours by default. Looked at when a try to send has failed: what the receiver takes is sent, however old.
        public var maximumAge: Duration
        /// Whether what is kept survives the loss of power, and not only the end of the process.
        ///
        /// True by default: each batch waits for the disk, on the thread that exports.
        public var survivesPowerLoss: Bool

        /// Makes a configuration.
        ///
        /// A size of less than 1 is a mistake that stops the program.
        ///
        /// - Parameters:
        ///   - maximumBytes: How many bytes of messages are kept at most, at least 1.
        ///   - maximumAge: How old a request may become that no receiver takes.
        ///   - survivesPowerLoss: Whether what is kept survives the loss of power.
        public init(
            maximumBytes: Int = 67_108_864, maximumAge: Duration = .seconds(86_400), survivesPowerLoss: Bool = true
        ) {
            precondition(maximumBytes > 0, "An outbox without room keeps nothing. Give a size of at least 1.")
            self.maximumBytes = maximumBytes
            self.maximumAge = maximumAge
            self.survivesPowerLoss = survivesPowerLoss
        }
    }
}
