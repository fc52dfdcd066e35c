internal import Dispatch
internal import Foundation
internal import Logging
internal import Queuert
internal import QueuertOTel
internal import Synchronization

/// The thread of an outbox that sends what is kept, and what it shares with the threads that export.
///
/// The thread holds the worker, and the worker doesn't hold the outbox: an outbox that is let go is shut down by its
/// deinitialiser, and the worker goes with the thread's end.
final class OutboxWorker: Sendable {
    let configuration: TelemetryOutbox.Configuration
    private let pace: OutboxSchedule.Pace
    private let log: OutboxLog
    private let store: any OutboxStore
    private let lastTotal = Mutex<OutboxTotal?>(nil)
    private let schedule: Mutex<OutboxSchedule>
    private let senders = Mutex<[OTLPSignal: OTLPRequestSender]>([:])
    private let counts = Mutex(TelemetryOutbox.Statistics())
    private let isInterrupted = Atomic(false)
    private let wakeSignal = WakeSignal()

    /// How long a request may take if its sender sets no limit.
    private static let sendTimeout: Duration = .seconds(30)

    init(
        store: any OutboxStore, events: [OutboxEvent] = [], configuration: TelemetryOutbox.Configuration,
        pace: OutboxSchedule.Pace, logger: Logger
    ) {
        self.configuration = configuration
        self.pace = pace
        self.store = store
        log = OutboxLog(logger: logger)
        schedule = Mutex(OutboxSchedule(pace: pace))
        log.log(events)
    }

    var statistics: TelemetryOutbox.Statistics { counts.withLock { $0 } }
    var isLeader: Bool { store.isLeader }
    var isInQueueDatabase: Bool { store.isInQueueDatabase }
    var databaseIdentity: DatabaseIdentity? { store.databaseIdentity }

    /// How much is kept; `nil` if that can't be found out.
    ///
    /// Of a table, whoever asks must not wait for the database: how much it was when the one that sends last looked.
    var total: OutboxTotal? { store.isInQueueDatabase ? lastLooked : use(.reading) { try $0.total() } }

    /// How much was kept when the thread last looked; `nil` if it never has, or could not find out.
    var lastLooked: OutboxTotal? { lastTotal.withLock { $0 } }

    /// Starts the thread.
    ///
    /// Requests block it, so it isn't one of Swift's pool.
    func start() {
        let thread = Thread { @Sendable in untraced { self.run() } }
        thread.name = "queuert-outbox"
        thread.start()
    }

    func attach(_ sender: OTLPRequestSender) {
        senders.withLock { $0[sender.signal] = sender }
        schedule.withLock { $0.attached(sender.signal) }
        wakeSignal.notify()
    }

    func keep(_ request: OTLPRequest) -> Bool {
        let items = request.itemCount
        // Everything else would be dropped for what can't be kept in the end.
        let isTooLarge = request.message.count > configuration.maximumBytes
        let dropped = isTooLarge ? nil : use(.keeping, itemsAtStake: items) { try $0.keep(request) }
        guard let dropped else {
            counts.withLock { $0.notKept += items }
            return false
        }
        counts.withLock { $0.kept += items }
        droppedForRoom(dropped)
        schedule.withLock { $0.kept() }
        wakeSignal.notify()
        return true
    }

    /// A transaction has kept something by itself, and was committed.
    ///
    /// The thread finds it at its next look, together with what others keep until then: there may be thousands in a second.
    func transactionKept(itemCount: Int) { counts.withLock { $0.kept += itemCount } }

    func couldNotKeep(itemCount: Int) { counts.withLock { $0.notKept += itemCount } }

    // MARK: Flush and shutdown

    func flush(timeout: Duration, completion: @escaping OutboxSchedule.Completion) {
        let request = schedule.withLock { $0.flush(completion: completion) }
        wait(request, timeout: timeout, completion: completion)
    }

    func shutDown(timeout: Duration, completion: @escaping OutboxSchedule.Completion) {
        let request = schedule.withLock { $0.shutDown(completion: completion) }
        wait(request, timeout: timeout, completion: completion)
    }

    private func wait(
        _ request: OutboxSchedule.Request, timeout: Duration, completion: OutboxSchedule.Completion
    ) {
        switch request {
        case .answered(let result): completion(result)
        case .waiting(let id):
            wakeSignal.notify()
            guard timeout > .zero else { return expire(id) }
            // The thread may be blocked by a request, so the time is kept by Dispatch.
            DispatchQueue.global().asyncAfter(deadline: .now() + DispatchTimeInterval(timeout)) { [weak self] in
                self?.expire(id)
            }
        }
    }

    private func expire(_ id: Int) {
        guard let expiry = schedule.withLock({ $0.expire(id: id) }) else { return }
        if expiry.interrupts {
            isInterrupted.store(true, ordering: .sequentiallyConsistent)
            for sender in senders.withLock({ Array($0.values) }) { sender.interrupt() }
        }
        expiry.completion(.timeout)
    }

    // MARK: The thread

    private func run() {
        while true {
            switch schedule.withLock({ $0.next(now: .now) }) {
            case .wait(let duration): wakeSignal.wait(for: duration)
            case .send(let signals):
                let failed = send(signals)
                let completed = schedule.withLock { schedule in
                    schedule.sent(signals.filter { failed[$0] == nil }, failed: failed, now: .now)
                }
                for (completion, result) in completed { completion(result) }
            case .look:
                look(isLeader: lead() == true)
                schedule.withLock { $0.looked(now: .now) }
            case .finish(let completed):
                store.stepDown()
                for (completion, result) in completed { completion(result) }
                return
            }
        }
    }

    /// Sends what is kept, if this is the one that sends.
    ///
    /// - Returns: The signals of which something is left, with how long their receiver wants not to be asked again.
    private func send(_ signals: [OTLPSignal]) -> [OTLPSignal: Duration] {
        guard let leads = lead() else {
            // Whether another sends is not known either.
            return Dictionary(uniqueKeysWithValues: signals.map { ($0, Duration.zero) })
        }
        let senders = senders.withLock { $0 }
        var failed: [OTLPSignal: Duration] = [:]
        for signal in signals where leads {
            if let sender = senders[signal] { failed[signal] = empty(signal, through: sender) }
        }
        look(isLeader: leads)
        return failed
    }

    /// Whether this is the one that sends; `nil` if that can't be found out now.
    private func lead() -> Bool? {
        let (isLeader, events) = store.lead()
        log.log(events)
        return isLeader
    }

    /// Sends what is kept of a signal, the oldest first.
    ///
    /// - Returns: `nil` if nothing is left, else how long the receiver wants not to be asked again.
    private func empty(_ signal: OTLPSignal, through sender: OTLPRequestSender) -> Duration? {
        var limit = RequestLimit(maximumRequestBytes: sender.maximumRequestBytes)
        var undeleted: Set<Int64> = []
        var nextLook = ContinuousClock.now + pace.poll
        while true {
            // Sending may take longer than others wait for a sign of life, or than there is room for what they keep.
            guard let leads = lead() else { return .zero }
            guard leads else { return nil }
            if ContinuousClock.now >= nextLook {
                look(isLeader: true)
                nextLook = ContinuousClock.now + pace.poll
            }
            guard let oldest = use(.reading, { [limit] in try $0.oldest(signal, within: limit) }) else { return .zero }
            guard let kept = oldest else {
                log.emptied(signal)
                return nil
            }
            // What was sent and can't be deleted is sent again, but not at once.
            guard undeleted.isDisjoint(with: kept.ids) else { return .zero }
            let items = kept.request.itemCount
            let (result, retryAfter) = sender.sendOnce(kept.request, timeout: sender.timeout ?? Self.sendTimeout)
            switch result {
            case .accepted(let rejected):
                counts.withLock { counts in
                    counts.sent += items - rejected
                    counts.rejected += rejected
                }
                if rejected > 0 { schedule.withLock { $0.lost() } }
                log.taken(signal)
                limit.taken()
            case .refused(let reason, let cause):
                let count = kept.ids.count
                let isTurnedAway = cause.meetsEveryRequest
                // One of them may be at fault, or they are too much as one: the others are not lost for that. Where the
                // answer makes no sense, all of them may have been taken.
                let goesOnSmaller =
                    isTurnedAway
                    ? cause != .unreadableAnswer && limit.turnedAway(count)
                    : cause.smallerRequestMayHelp && limit.refused(count)
                if goesOnSmaller { continue }
                counts.withLock { $0.refused += items }
                schedule.withLock { $0.lost() }
                if isTurnedAway {
                    log.turnedAway(reason, items: items, signal)
                    // What is refused may not be sent again; what was not sent yet waits until it may fare better.
                    _ = use(.deleting) { try $0.settle(kept) }
                    dropTooOld(signal)
                    return pace.maximumDelay
                }
                log.refused(reason, items: items, signal)
            case .unavailable(let reason, _):
                // An interrupted request says nothing about its receiver.
                if isInterrupted.load(ordering: .sequentiallyConsistent) { return .zero }
                log.unreachable(reason, signal)
                dropTooOld(signal)
                return retryAfter ?? .zero
            }
            if use(.deleting, { try $0.settle(kept) }) == nil { undeleted.formUnion(kept.ids) }
        }
    }

    /// Looks how much is kept, and drops what is too much of a table, which others may have filled.
    ///
    /// A table is looked at by the one that sends only: it costs the database a query.
    private func look(isLeader: Bool) {
        guard isLeader || !store.isInQueueDatabase else { return }
        var total = use(.reading) { try $0.total() }
        if store.isInQueueDatabase, let bytes = total?.bytes, bytes > configuration.maximumBytes {
            droppedForRoom(use(.deleting) { try $0.dropForRoom() } ?? 0)
            total = use(.reading) { try $0.total() }
        }
        lastTotal.withLock { [total] in $0 = total }
    }

    private func droppedForRoom(_ items: Int) {
        guard items > 0 else { return }
        counts.withLock { $0.droppedForRoom += items }
        schedule.withLock { $0.lost() }
        log.droppedForRoom(items)
    }

    private func dropTooOld(_ signal: OTLPSignal) {
        guard let dropped = use(.deleting, { try $0.dropTooOld(signal) }), dropped > 0 else { return }
        counts.withLock { $0.droppedTooOld += dropped }
        log.droppedTooOld(dropped, signal)
    }

    /// Does something with what is kept, and logs what there is to log.
    private func use<R: Sendable>(
        _ work: OutboxWork, itemsAtStake: Int = 0, _ body: @Sendable (any OutboxTable) throws -> R
    ) -> R? {
        let (result, events) = store.use(work, itemsAtStake: itemsAtStake, body)
        log.log(events)
        return result
    }
}
