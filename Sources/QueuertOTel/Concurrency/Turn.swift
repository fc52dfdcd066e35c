internal import Synchronization

/// Lets one thread at a time do something, and the others wait for their turn no longer than they want to.
final class Turn: Sendable {
    private let isTaken = Mutex(false)
    private let ended = WakeSignal()

    /// Waits for the turn.
    ///
    /// - Parameter deadline: When to give up.
    /// - Returns: Whether it is the caller's, who must ``end()`` it then.
    func begin(by deadline: ContinuousClock.Instant) -> Bool {
        while true {
            let isFree = isTaken.withLock { isTaken in
                defer { isTaken = true }
                return !isTaken
            }
            if isFree { return true }
            let remaining = ContinuousClock.now.duration(to: deadline)
            guard remaining > .zero else { return false }
            // One that was woken in vain has seen that the turn is another's, who will wake the next.
            ended.wait(for: remaining)
        }
    }

    /// Ends the caller's turn.
    func end() {
        isTaken.withLock { $0 = false }
        ended.notify()
    }
}
