/// Opens once; whoever waits goes on then.
final class Latch: Sendable {
    private struct State {
        var isOpen = false
        var nextID: UInt64 = 0
        var waiting: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    }
    private let state = Locked(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: true) }
    }

    /// Waits until the latch is open.
    ///
    /// - Returns: Whether it is; false if the task was cancelled first.
    func wait() async -> Bool {
        let id = state.withLock { state in
            defer { state.nextID += 1 }
            return state.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let outcome = state.withLock { state -> Bool? in
                    if state.isOpen { return true }
                    if Task.isCancelled { return false }
                    state.waiting[id] = continuation
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: false)
        }
    }
}

extension QueueClock {
    /// Waits until a latch is open, for some time at most.
    ///
    /// - Returns: Whether it is open.
    func waits(for latch: Latch, atMost duration: Duration) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            group.addTask { await latch.wait() }
            group.addTask {
                try? await sleep(for: duration)
                return false
            }
            defer { group.cancelAll() }
            return await group.next() ?? false
        }
    }

    /// Waits until a latch is open, for some time at most, also if the task is cancelled.
    ///
    /// - Returns: Whether it is open.
    func waitsRegardless(for latch: Latch, atMost duration: Duration) async -> Bool {
        // Not a child of the task, with which it would be cancelled.
        await Task { await waits(for: latch, atMost: duration) }.value
    }
}
