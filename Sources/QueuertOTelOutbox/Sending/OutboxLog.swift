internal import Logging
internal import QueuertOTel
internal import Synchronization

/// Logs what an outbox meets, once per episode.
final class OutboxLog: Sendable {
    private struct Episodes {
        var isUnreachable: Set<OTLPSignal> = []
        var isRefusing: Set<OTLPSignal> = []
        var isDroppingForRoom = false
        var isDroppingTooOld: Set<OTLPSignal> = []
    }

    private let logger: Logger
    private let episodes = Mutex(Episodes())

    init(logger: Logger) { self.logger = logger }

    func log(_ events: [OutboxEvent]) {
        for event in events {
            switch event {
            case .broke(let reason):
                logger.warning(
                    "The outbox can't be used. Telemetry is sent without it for now, and lost where that fails.",
                    metadata: ["queuert.reason": "\(reason)"])
            case .worksAgain(let notKept):
                logger.notice("The outbox can be used again.", metadata: ["queuert.not_kept": "\(notKept)"])
            case .setAside(let name):
                logger.error(
                    "The outbox's file was damaged and was set aside. What it kept is not sent.",
                    metadata: ["queuert.file": "\(name)"])
            }
        }
    }

    func droppedForRoom(_ items: Int) {
        let isFirst = episodes.withLock { episodes in
            defer { episodes.isDroppingForRoom = true }
            return !episodes.isDroppingForRoom
        }
        guard isFirst else { return }
        logger.warning(
            "The outbox is full: the oldest telemetry is dropped. Further drops are not logged until it was emptied.",
            metadata: ["queuert.dropped": "\(items)"])
    }

    func droppedTooOld(_ items: Int, _ signal: OTLPSignal) {
        guard episodes.withLock({ $0.isDroppingTooOld.insert(signal).inserted }) else { return }
        logger.warning(
            "Telemetry in the outbox became too old and is dropped. Further drops are not logged until it was emptied.",
            metadata: ["queuert.dropped": "\(items)", "queuert.otlp.signal": "\(signal.rawValue)"])
    }

    func refused(_ reason: String, items: Int, _ signal: OTLPSignal) {
        guard episodes.withLock({ $0.isRefusing.insert(signal).inserted }) else { return }
        logger.warning(
            "The receiver refused telemetry of the outbox, which is lost; more is not logged until it takes some.",
            metadata: [
                "queuert.reason": "\(reason)", "queuert.lost": "\(items)", "queuert.otlp.signal": "\(signal.rawValue)",
            ])
    }

    /// A request was refused as any other would have been, and the others are kept.
    func turnedAway(_ reason: String, items: Int, _ signal: OTLPSignal) {
        let isFirst = episodes.withLock { episodes in
            episodes.isUnreachable.insert(signal)
            return episodes.isRefusing.insert(signal).inserted
        }
        guard isFirst else { return }
        logger.warning(
            "Telemetry of the outbox is turned away. It is kept, but for a request that is lost with each try.",
            metadata: [
                "queuert.reason": "\(reason)", "queuert.lost": "\(items)", "queuert.otlp.signal": "\(signal.rawValue)",
            ])
    }

    func unreachable(_ reason: String, _ signal: OTLPSignal) {
        guard episodes.withLock({ $0.isUnreachable.insert(signal).inserted }) else { return }
        logger.warning(
            "Telemetry can't be sent. The outbox keeps it.",
            metadata: ["queuert.reason": "\(reason)", "queuert.otlp.signal": "\(signal.rawValue)"])
    }

    func taken(_ signal: OTLPSignal) {
        let wasUnreachable = episodes.withLock { episodes in
            episodes.isRefusing.remove(signal)
            return episodes.isUnreachable.remove(signal) != nil
        }
        guard wasUnreachable else { return }
        logger.notice("Telemetry is sent again.", metadata: ["queuert.otlp.signal": "\(signal.rawValue)"])
    }

    /// Nothing of a signal is left to send.
    func emptied(_ signal: OTLPSignal) {
        episodes.withLock { episodes in
            // It stays full of what can't be sent, however often another signal has nothing to send.
            if episodes.isUnreachable.isEmpty { episodes.isDroppingForRoom = false }
            episodes.isDroppingTooOld.remove(signal)
        }
    }
}
