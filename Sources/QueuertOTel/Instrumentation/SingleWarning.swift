internal import Logging
internal import Synchronization

/// Says something once.
final class SingleWarning: Sendable {
    private let text: String
    private let logger: Logger
    private let hasBeenGiven = Atomic(false)

    init(_ text: String, logger: Logger) {
        self.text = text
        self.logger = logger
    }

    func give() {
        // Mostly it has been, and to read that costs other threads nothing.
        if hasBeenGiven.load(ordering: .relaxed) || hasBeenGiven.exchange(true, ordering: .relaxed) { return }
        logger.warning("\(text)")
    }

    /// Of a stored context that can't be read.
    static func ofContexts(_ logger: Logger) -> SingleWarning {
        SingleWarning(
            "A job holds a trace context that can't be read. It is treated as none; further ones are not reported.",
            logger: logger)
    }
}
