internal import Synchronization

/// The requests that wait to be sent on or written, bounded where they are added.
final class TeeQueue: Sendable {
    private struct State {
        var waiting: [TeedRequest] = []
        var bytes = 0
        var isStopped = false
    }
    private let limit: Int
    private let state = Mutex(State())
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    /// Makes a queue.
    ///
    /// - Parameter limit: How many bytes may wait.
    init(limit: Int) {
        self.limit = limit
        (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// How many bytes wait.
    var waitingBytes: Int { state.withLock { $0.bytes } }

    /// Adds a request, if there is room and the queue wasn't stopped.
    ///
    /// - Parameter request: The request.
    /// - Returns: Whether it was added.
    func offer(_ request: TeedRequest) -> Bool {
        let isAdded = state.withLock { state in
            guard !state.isStopped, state.bytes + request.size <= limit else { return false }
            state.bytes += request.size
            state.waiting.append(request)
            return true
        }
        if isAdded { signal.yield() }
        return isAdded
    }

    /// Takes requests, one after the other, until the queue is stopped and empty.
    ///
    /// Called once.
    ///
    /// - Parameter body: What to do with a request; it counts as waiting until that ends.
    func drain(_ body: (TeedRequest) async -> Void) async {
        var signals = signals.makeAsyncIterator()
        while true {
            if let request = state.withLock({ $0.waiting.first }) {
                await body(request)
                state.withLock { state in
                    state.bytes -= request.size
                    state.waiting.removeFirst()
                }
            } else {
                if state.withLock({ $0.isStopped }) { return }
                _ = await signals.next()
                // Cancelled: nobody waits for what comes after.
                if Task.isCancelled { return }
            }
        }
    }

    /// Takes no more requests.
    func stop() {
        state.withLock { $0.isStopped = true }
        signal.yield()
    }
}
