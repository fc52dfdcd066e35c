import Foundation
internal import Logging
import Queuert
import Synchronization

/// The connection of a ``PostgresNotify``, with a thread that waits for notifications and for hints to be sent.
final class PostgresNotifyLink: Sendable {
    private struct State: ~Copyable {
        var pending = WakeHint()
        var isStopped = false
        var hasStarted = false
        var hasEnded = false
        /// Whether somebody listens: who only sends is not told of anything.
        var isWanted = false
        var listenerCount = 0
        /// Whether the server listens, or turned out to be out of reach: later listeners are told of the gap then.
        var isSettled = false
        var nextID: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var closing: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    private let connectionString: String
    private let channel: String
    /// How long nothing comes until the connection is tried, since one may be lost without a word; and how long the list of
    /// listeners is used.
    private let silence: Duration
    private let logger: Logger
    private let wakeUp = WakeUpPipe()
    /// Tells the listeners of this process, and returns what nobody took.
    private let deliver: @Sendable (WakeHint) -> WakeHint

    /// If more identifiers than this wait to be sent, as while the server is out of reach, they are dropped, and who
    /// listens is told that hints were lost.
    private static let pendingLimit = 10_000
    /// How long a list of listeners is used that is known to be out of date.
    private static let staleness = Duration.milliseconds(250)
    /// How often what nobody here has a slot for is passed on: processes that are all busy must not do so for each job.
    private static let passInterval = Duration.milliseconds(20)

    init(
        connectionString: String, channel: String, silence: Duration, logger: Logger,
        deliver: @escaping @Sendable (WakeHint) -> WakeHint
    ) {
        self.connectionString = connectionString
        self.channel = channel
        self.silence = silence
        self.logger = logger
        self.deliver = deliver
    }

    var listenerCount: Int { state.withLock { $0.listenerCount } }

    func send(_ hint: WakeHint) {
        if hint.isEmpty { return }
        state.withLock { state in
            if state.isStopped { return }
            let count = state.pending.completedChains.count + state.pending.lostLeases.count
            if count > Self.pendingLimit {
                state.pending = WakeHint(dueTypes: state.pending.dueTypes, isGap: true)
            }
            state.pending.formUnion(hint)
            start(&state)
        }
        wakeUp.raise()
    }

    private func start(_ state: inout State) {
        if state.hasStarted || state.isStopped { return }
        state.hasStarted = true
        let thread = Thread { self.run() }
        thread.name = "queuert-notify"
        thread.start()
    }

    /// Waits until the server listens, or can't be reached, or the task is cancelled.
    func untilListening() async {
        let id = state.withLock { state in
            state.isWanted = true
            start(&state)
            state.nextID += 1
            return state.nextID
        }
        wakeUp.raise()
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.isSettled || state.hasEnded || state.isStopped || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        wakeUp.raise()
    }

    func close() async {
        stop()
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if !state.hasStarted || state.hasEnded { return true }
                state.closing.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    // MARK: The thread

    private var isStopped: Bool { state.withLock { $0.isStopped } }
    /// Whether nothing more is to be done: what was to be sent when the adapter was closed is sent first.
    private var isDone: Bool { state.withLock { $0.isStopped && $0.pending.isEmpty } }

    private func run() {
        var past = Past()
        while !isDone {
            do {
                let handle = try connect()
                try serve(handle, &past)
            } catch {
                settle(listenerCount: 0)
                if isStopped { break }
                past.failures += 1
                logger.warning(
                    "The connection for notifications was lost; until there is another, workers find jobs at their polls.",
                    metadata: ["error.message": "\((error as? PostgresError)?.description ?? "")"])
                pause(after: past.failures)
            }
        }
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer {
                state.waiting = [:]
                state.closing = []
            }
            return state.waiting.values + state.closing
        }
        for continuation in waiting { continuation.resume() }
    }

    private func settle(listenerCount: Int) {
        let waiting = state.withLock { state in
            state.isSettled = true
            state.listenerCount = listenerCount
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    private func pause(after failures: Int) {
        let longest = min(Duration.milliseconds(50) * (1 << min(failures, 7)), .seconds(5))
        let end = ContinuousClock.now + longest * Double.random(in: 0.5...1)
        while !isStopped, .now < end {
            wakeUp.wait(orInput: -1, for: end - .now)
            wakeUp.lower()
        }
    }

    private func connect() throws -> PostgresHandle {
        var configuration = PostgresPool.Configuration(applicationName: "queuert notify")
        configuration.statementCacheLimit = 4
        let handle = try PostgresHandle(configuration, connectionString: connectionString, logger: logger)
        handle.answerTimeout = silence / 2
        return handle
    }

    /// What the thread knows of the connections so far.
    private struct Past {
        var hasListened = false
        /// How many of them, in a row, could not be made or got no answer.
        var failures = 0
    }

    /// What the thread knows while one connection lasts.
    private struct Service {
        var lot = ListenerLot()
        var isListening = false
        var lastSign = ContinuousClock.now
        var listenersAsOf = ContinuousClock.now
        /// Whether somebody sent something who is not known to listen: others may have begun to.
        var isStale = false
        /// What is to be passed on.
        var passing = HintPayload(WakeHint())
        var mayPassAt = ContinuousClock.now
    }

    /// Sends and receives until the connection is lost or the adapter is closed.
    private func serve(_ handle: PostgresHandle, _ past: inout Past) throws {
        var service = Service()
        while true {
            wakeUp.lower()
            if !service.isListening, state.withLock({ $0.isWanted }) {
                try listen(handle, &service, &past.hasListened)
                past.failures = 0
            }
            // After what may fail: a hint that is taken is sent, or put back.
            let (hint, isLast) = state.withLock { state in
                defer { state.pending = WakeHint() }
                return (state.pending, state.isStopped)
            }
            if !hint.isEmpty {
                try send(HintPayload(hint), on: handle)
                service.lastSign = .now
                past.failures = 0
            }
            if isLast { return }
            if !service.passing.hint.isEmpty, service.mayPassAt <= .now {
                try send(service.passing, on: handle)
                service.passing = HintPayload(WakeHint())
                service.mayPassAt = .now + Self.passInterval
                service.lastSign = .now
            }
            if isDue(service) {
                try look(handle, &service)
                past.failures = 0
            }
            // Last, since each answer of the server may bring some along.
            for notification in handle.takeNotifications() { receive(notification, &service) }
            if !service.passing.hint.isEmpty, service.mayPassAt <= .now { continue }
            if wakeUp.wait(orInput: handle.socket, for: patience(service)) {
                try handle.consumeInput()
                service.lastSign = .now
            }
        }
    }

    /// Whether the list of listeners is to be made anew, which also tries the connection.
    private func isDue(_ service: Service) -> Bool {
        let age = ContinuousClock.now - service.listenersAsOf
        return service.isListening && (age >= silence || service.isStale && age >= Self.staleness)
            || .now - service.lastSign >= silence
    }

    /// How long to wait at most for something to happen.
    private func patience(_ service: Service) -> Duration {
        var end = service.lastSign + silence
        if service.isListening {
            end = min(end, service.listenersAsOf + (service.isStale ? Self.staleness : silence))
        }
        if !service.passing.hint.isEmpty { end = min(end, service.mayPassAt) }
        return end - .now
    }

    // MARK: Listening

    /// Others find out who listens by this lock, which the server releases with the connection, whatever ends it.
    private static let join = PostgresQuery(
        "SELECT pg_backend_pid() FROM pg_try_advisory_lock_shared(hashtext('queuert notify'), hashtext($1))",
        isPrepared: false)
    private static let listeners = PostgresQuery(
        """
        SELECT pid FROM pg_locks
        WHERE locktype = 'advisory' AND classid = hashtext('queuert notify')::oid AND objid = hashtext($1)::oid
            AND objsubid = 2 AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """)

    private func listen(_ handle: PostgresHandle, _ service: inout Service, _ hasListened: inout Bool) throws {
        try run(PostgresQuery("LISTEN \"\(channel)\"", isPrepared: false), on: handle)
        service.lot.own = try run(Self.join, channelParameter, on: handle).first?.int32(0) ?? handle.backendPID
        if service.lot.own != handle.backendPID { warnOfPooler() }
        service.isListening = true
        try look(handle, &service)
        try notify([HintPayload.greeting], on: handle)
        // What happened since the connection before was lost, or since somebody gave up waiting, nobody has told.
        if hasListened || state.withLock({ $0.isSettled }) { _ = deliver(WakeHint(isGap: true)) }
        hasListened = true
        settle(listenerCount: service.lot.listeners.count)
    }

    private func warnOfPooler() {
        logger.warning(
            """
            The connection for notifications is to a pooler. If that shares connections by transaction, nothing arrives, and \
            workers find jobs at their polls: give `PostgresNotify` the address of the server itself.
            """)
    }

    /// Finds out who listens.
    private func look(_ handle: PostgresHandle, _ service: inout Service) throws {
        let result = try run(Self.listeners, channelParameter, on: handle)
        service.lot.listeners = Set(result.rows.map { $0.int32(0) })
        service.listenersAsOf = .now
        service.lastSign = .now
        service.isStale = false
        state.withLock { $0.listenerCount = service.isListening ? service.lot.listeners.count : 0 }
    }

    private func receive(_ notification: PostgresNotification, _ service: inout Service) {
        // Own ones were told already.
        if notification.sender == service.lot.own { return }
        if !service.lot.listeners.contains(notification.sender) { service.isStale = true }
        guard let payload = HintPayload(notification.payload) else { return }
        let jobs = payload.hint.dueJobs
        if jobs.isEmpty {
            if !payload.hint.isEmpty { _ = deliver(payload.hint) }
            return
        }
        let count = jobs.values.reduce(0) { min($0 + min($1, 1_000_000), 1_000_000) }
        let draw = service.lot.draw(payload.number, from: notification.sender, jobs: count, round: payload.round)
        let hint = draw.looks ? payload.hint.share(of: draw.lookers) : payload.hint.with(dueJobs: [:])
        if hint.isEmpty { return }
        let left = deliver(hint).dueJobs
        guard draw.passesOn else { return }
        let untaken = jobs.filter { left[$0.key] == hint.dueJobs[$0.key] }
        if untaken.isEmpty { return }
        service.passing.hint.formUnion(WakeHint(dueJobs: untaken))
        service.passing.round = max(service.passing.round, payload.round + 1)
    }

    // MARK: Sending

    private static let notify = PostgresQuery("SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload")

    private var channelParameter: PostgresParameters {
        var parameters = PostgresParameters()
        parameters.add(channel)
        return parameters
    }

    @discardableResult
    private func run(
        _ query: PostgresQuery, _ parameters: PostgresParameters = PostgresParameters(), on handle: PostgresHandle
    ) throws -> PostgresResult {
        let (results, failure) = try handle.run([PostgresCommand(query: query, parameters: parameters)])
        if let failure { throw failure }
        // A command that did not fail has a result.
        return results[0]
    }

    private func notify(_ texts: [String], on handle: PostgresHandle) throws {
        var parameters = channelParameter
        parameters.add(texts.map { Optional($0) })
        try run(Self.notify, parameters, on: handle)
    }

    private func send(_ payload: HintPayload, on handle: PostgresHandle) throws {
        var payload = payload
        payload.number = .random(in: .min ... .max)
        do {
            try notify(payload.texts, on: handle)
        } catch {
            // Sent once more when there is another connection: a hint may come twice.
            state.withLock { $0.pending.formUnion(payload.hint) }
            throw error
        }
    }
}
