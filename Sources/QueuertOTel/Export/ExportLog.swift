import Logging
import Synchronization

/// Logs the failures of an exporter once per episode, not once per batch.
final class ExportLog: Sendable {
    /// What has been logged and is not over.
    private struct Episodes {
        var isFailing = false
        var lostBatches = 0
        var isRejecting = false
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
        logger.warning(
            "A configured header is not sent: HTTP doesn't allow its name or value, or OTLP needs the name itself",
            metadata: ["queuert.otlp.header": "\(name)"])
    }

    /// A batch, or a part of it, is lost.
    func failed(_ result: ExportResult) {
        let isFirst = episodes.withLock { episodes in
            defer { episodes.isFailing = true }
            episodes.lostBatches += 1
            return !episodes.isFailing
        }
        guard isFirst else { return }
        let reason =
            switch result {
            case .refused(let reason), .unavailable(let reason): reason
            case .accepted: ""
            }
        logger.warning(
            "Telemetry could not be exported; further failures are not logged until it works again",
            metadata: described.merging(["queuert.otlp.reason": "\(reason)"]) { $1 })
    }

    /// A batch was sent.
    func succeeded() {
        let lost = episodes.withLock { episodes -> Int? in
            guard episodes.isFailing else { return nil }
            defer { (episodes.isFailing, episodes.lostBatches) = (false, 0) }
            return episodes.lostBatches
        }
        guard let lost else { return }
        logger.info(
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
