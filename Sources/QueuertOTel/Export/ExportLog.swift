import Logging
import Synchronization

/// Logs the failures of an exporter once per episode, not once per batch.
final class ExportLog: Sendable {
    /// What has been logged and is not over.
    private struct Episodes {
        var isFailing = false
        var lostBatches = 0
        var isRejecting = false
        var isLosingPart = false
        var headersLeftOut: Set<String> = []
    }

    private let logger: Logger
    private let endpoint: String
    private let signal: OTLPSignal
    private let episodes = Mutex(Episodes())

    init(logger: Logger, endpoint: OTLPEndpoint, signal: OTLPSignal) {
        self.logger = logger
        self.endpoint = endpoint.redacted
        self.signal = signal
    }

    /// What every line says.
    private var described: Logger.Metadata {
        ["queuert.otlp.endpoint": "\(endpoint)", "queuert.otlp.signal": "\(signal.rawValue)"]
    }

    /// A header of the configuration is not sent.
    ///
    /// Its value is not logged, as it may be a secret.
    func headerLeftOut(name: String) {
        guard episodes.withLock({ $0.headersLeftOut.insert(name).inserted }) else { return }
        logger.warning(
            "A configured header is not sent: HTTP doesn't allow its name or value, or OTLP needs the name itself",
            metadata: ["queuert.otlp.header": "\(name)"])
    }

    /// A batch is lost.
    ///
    /// Whoever handed it over is told as well, and warns of it.
    func failed(_ reason: String) {
        let isFirst = episodes.withLock { episodes in
            defer { episodes.isFailing = true }
            episodes.lostBatches += 1
            return !episodes.isFailing
        }
        guard isFirst else { return }
        logger.debug(
            "Telemetry could not be exported; further failures are not logged until it works again",
            metadata: described.merging(["queuert.otlp.reason": "\(reason)"]) { $1 })
    }

    /// A part of a batch is lost, of which nobody else knows more than how much it was.
    func failedInPart(_ reason: String) {
        let isFirst = episodes.withLock { episodes in
            defer { episodes.isLosingPart = true }
            return !episodes.isLosingPart
        }
        guard isFirst else { return }
        logger.warning(
            "A part of a batch could not be exported; more is not logged until all of a batch is",
            metadata: described.merging(["queuert.otlp.reason": "\(reason)"]) { $1 })
    }

    /// All of a batch was sent.
    func succeeded() {
        let lost = episodes.withLock { episodes -> Int? in
            episodes.isLosingPart = false
            guard episodes.isFailing else { return nil }
            defer { (episodes.isFailing, episodes.lostBatches) = (false, 0) }
            return episodes.lostBatches
        }
        guard let lost else { return }
        logger.debug(
            "Telemetry is exported again",
            metadata: described.merging(["queuert.otlp.lost_batches": "\(lost)"]) { $1 })
    }

    /// The receiver took a batch; it may have rejected a part of it or have had something to say.
    func answered(rejected: Int, message: String) {
        let isComplaint = rejected > 0 || !message.isEmpty
        let isChange = episodes.withLock { episodes in
            defer { episodes.isRejecting = isComplaint }
            return episodes.isRejecting != isComplaint
        }
        guard isChange else { return }
        if isComplaint {
            logger.warning(
                "The receiver took a batch with a complaint; further ones are not logged until a batch is without",
                metadata: described.merging([
                    "queuert.otlp.rejected": "\(rejected)", "queuert.otlp.reason": "\(message)",
                ]) { $1 })
        } else {
            logger.info("The receiver takes everything again", metadata: described)
        }
    }
}
