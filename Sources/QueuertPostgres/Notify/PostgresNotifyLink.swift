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
        /// Whether the server listens, or turned out to be out of reach: later listeners are told of the gap then.
        var isSettled = false
        var nextID: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        var closing: [CheckedContinuation<Void, Never>] = []
    }
    private let state = Mutex(State())
    private let connectionString: String
    private let channel: String
    private let logger: Logger
    private let wakeUp = WakeUpPipe()
    private let receive: @Sendable (WakeHint) -> Void

    /// More identifiers than this wait to be sent only while the server is out of reach, and are dropped then: who listens is
    /// told of the gap.
    private static let pendingLimit = 10_000
    /// How long nothing comes until the connection is tried: one may be lost without a word.
    private static let silence = Duration.seconds(20)

    init(
        connectionString: String, channel: String, logger: Logger, receive: @escaping @Sendable (WakeHint) -> Void
    ) {
        self.connectionString = connectionString
        self.channel = channel
        self.logger = logger
        self.receive = receive
    }

    func send(_ hint: WakeHint) {
        state.withLock { state in
            if state.isStopped { return }
            let count = state.pending.completedChains.count + state.pending.lostLeases.count
            if count > Self.pendingLimit { state.pending = WakeHint(dueTypes: state.pending.dueTypes) }
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
            start(&state)
            state.nextID += 1
            return state.nextID
        }
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
        var failures = 0
        var wasConnected = false
        while !isDone {
            do {
                let handle = try connect()
                failures = 0
                // What happened since the connection before was lost, nobody has told.
                if wasConnected { receive(WakeHint(isGap: true)) }
                wasConnected = true
                settle()
                try serve(handle)
            } catch {
                settle()
                if isStopped { break }
                failures += 1
                logger.warning(
                    "The connection for notifications was lost; until there is another, workers find jobs at their polls.",
                    metadata: ["error.message": "\((error as? PostgresError)?.description ?? "")"])
                pause(after: failures)
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

    private func settle() {
        let waiting = state.withLock { state in
            state.isSettled = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    private func pause(after failures: Int) {
        let longest = min(Duration.milliseconds(50) * (1 << min(failures, 7)), .seconds(5))
        let end = ContinuousClock.now + longest * Double.random(in: 0.5...1)
        while !isStopped, .now < end { wakeUp.wait(orInput: -1, for: end - .now) }
    }

    private func connect() throws -> PostgresHandle {
        var configuration = PostgresPool.Configuration(applicationName: "queuert notify")
        configuration.statementCacheLimit = 4
        let handle = try PostgresHandle(configuration, connectionString: connectionString, logger: logger)
        handle.answerTimeout = .seconds(10)
        try run(PostgresQuery("LISTEN \"\(channel)\"", isPrepared: false), on: handle)
        return handle
    }

    private func run(
        _ query: PostgresQuery, _ parameters: PostgresParameters = PostgresParameters(), on handle: PostgresHandle
    ) throws {
        let (_, failure) = try handle.run([PostgresCommand(query: query, parameters: parameters)])
        if let failure { throw failure }
    }

    private static let notify = PostgresQuery("SELECT pg_notify($1, payload) FROM unnest($2::text[]) payload")
    private static let ping = PostgresQuery("SELECT", isPrepared: false)

    /// Sends and receives until the connection is lost or the adapter is closed.
    private func serve(_ handle: PostgresHandle) throws {
        var lastSign = ContinuousClock.now
        while true {
            wakeUp.lower()
            let (hint, isLast) = state.withLock { state in
                defer { state.pending = WakeHint() }
                return (state.pending, state.isStopped)
            }
            if !hint.isEmpty {
                try send(hint, on: handle)
                lastSign = .now
            }
            if isLast { return }
            for payload in handle.takeNotifications() { if let hint = WakeHint(payload: payload) { receive(hint) } }
            if wakeUp.wait(orInput: handle.socket, for: Self.silence) {
                try handle.consumeInput()
                lastSign = .now
            } else if .now - lastSign >= Self.silence {
                try run(Self.ping, on: handle)
                lastSign = .now
            }
        }
    }

    private func send(_ hint: WakeHint, on handle: PostgresHandle) throws {
        var parameters = PostgresParameters()
        parameters.add(channel)
        parameters.add(hint.payloads.map { Optional($0) })
        do {
            try run(Self.notify, parameters, on: handle)
        } catch {
            // Sent once more when there is another connection: a hint may come twice.
            state.withLock { $0.pending.formUnion(hint) }
            throw error
        }
    }
}
