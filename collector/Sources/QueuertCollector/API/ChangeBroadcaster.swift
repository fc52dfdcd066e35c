internal import Synchronization

/// Tells everybody who listens that the stored traces have changed.
///
/// A listener that is slow hears of several changes as one.
final class ChangeBroadcaster: Sendable {
    private struct State {
        var nextListener = 0
        var changeCount = 0
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    }
    private let state = Mutex(State())
    /// Tells the counts of one run of the collector from those of another.
    private let run = UInt64.random(in: .min ... .max)

    /// A name for what is stored now: another after each change.
    var version: String { "\(String(run, radix: 36))-\(state.withLock { $0.changeCount })" }

    /// How many listen.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Tells all listeners of a change.
    func announce() {
        let listeners = state.withLock { state in
            state.changeCount += 1
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield() }
    }

    /// Listens, until the stream is no longer read.
    ///
    /// - Returns: One element for each change, or for several in quick succession.
    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let listener = state.withLock { state in
            state.nextListener += 1
            state.listeners[state.nextListener] = continuation
            return state.nextListener
        }
        // The circle of references that this makes ends with the stream.
        continuation.onTermination = { [self] _ in
            state.withLock { _ = $0.listeners.removeValue(forKey: listener) }
        }
        return stream
    }
}
