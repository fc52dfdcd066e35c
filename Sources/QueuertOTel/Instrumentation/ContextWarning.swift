internal import Logging
internal import Synchronization

/// Says once that a stored context can't be read.
final class ContextWarning: Sendable {
    private let logger: Logger
    private let hasBeenGiven = Atomic(false)

    init(logger: Logger) { self.logger = logger }

    func give() {
        if hasBeenGiven.exchange(true, ordering: .relaxed) { return }
        logger.warning(
            "A job holds a trace context that can't be read. It is treated as none; further ones are not reported.")
    }
}
