import Dispatch
import QueuertOTel
import Synchronization

/// Notes what it is asked to export, answers as told, and can be made to block.
final class ScriptedSpanExporter: SpanExporter {
    struct State {
        var batches: [[SpanData]] = []
        var timeouts: [Duration] = []
        var running = 0
        var mostAtOnce = 0
        var interrupts = 0
        fileprivate var isBlocking = false
        fileprivate var blocked: [DispatchSemaphore] = []
        fileprivate var results: [ExportResult] = []
        fileprivate var watchers: [(isMet: @Sendable (State) -> Bool, continuation: CheckedContinuation<Void, Never>)] =
            []

        var spans: [SpanData] { batches.flatMap { $0 } }
    }

    private let state = Mutex(State())
    private let ignoresInterrupts: Bool

    /// Makes an exporter.
    ///
    /// - Parameters:
    ///   - results: The answers to the first exports; later ones are accepted.
    ///   - isBlocking: Whether exports wait for `release()` or `interrupt()`.
    ///   - ignoresInterrupts: Whether only `release()` ends them.
    init(results: [ExportResult] = [], isBlocking: Bool = false, ignoresInterrupts: Bool = false) {
        self.ignoresInterrupts = ignoresInterrupts
        state.withLock {
            $0.results = results
            $0.isBlocking = isBlocking
        }
    }

    var current: State { state.withLock { $0 } }

    /// Waits until what was noted meets a condition.
    func wait(until isMet: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isMetNow = state.withLock { state in
                if isMet(state) { return true }
                state.watchers.append((isMet, continuation))
                return false
            }
            if isMetNow { continuation.resume() }
        }
    }

    /// Lets the exports that block go on, and later ones not block.
    func release() {
        change { $0.isBlocking = false }
        releaseBlocked()
    }

    func interrupt() {
        change { $0.interrupts += 1 }
        if !ignoresInterrupts { release() }
    }

    func export(_ batch: [SpanData], timeout: Duration) -> ExportResult {
        let semaphore = DispatchSemaphore(value: 0)
        var blocks = false
        change { state in
            state.batches.append(batch)
            state.timeouts.append(timeout)
            state.running += 1
            state.mostAtOnce = max(state.mostAtOnce, state.running)
            blocks = state.isBlocking
            if blocks { state.blocked.append(semaphore) }
        }
        if blocks { semaphore.wait() }
        var result = ExportResult.accepted(rejected: 0)
        change { state in
            state.running -= 1
            if !state.results.isEmpty { result = state.results.removeFirst() }
        }
        return result
    }

    private func releaseBlocked() {
        let blocked = state.withLock { state in
            defer { state.blocked = [] }
            return state.blocked
        }
        for semaphore in blocked { semaphore.signal() }
    }

    private func change(_ body: (inout State) -> Void) {
        let met = state.withLock { state in
            body(&state)
            let watchers = state.watchers
            state.watchers = watchers.filter { !$0.isMet(state) }
            return watchers.filter { $0.isMet(state) }
        }
        for watcher in met { watcher.continuation.resume() }
    }
}
