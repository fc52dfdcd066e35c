internal import Synchronization

/// Tells everybody who listens that the stored traces have changed.
///
/// A listener that is slow hears of several changes as one.
final class ChangeBroadcaster: Sendable {
    private struct State {
        var nextListener = 0
        var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    }
    private let state = Mutex(State())

    /// How many listen.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Tells all listeners of a change.
    func announce() {
        let listeners = state.withLock { Array($0.listeners.values) }
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
