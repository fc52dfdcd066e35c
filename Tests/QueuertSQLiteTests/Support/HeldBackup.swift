import Dispatch
import Queuert
import QueuertSQLite

/// A backup that stops after its first page, on the thread of its own connection, until it may go on.
struct HeldBackup {
    let hasBegun: AsyncStream<Void>
    private let mayGoOn = DispatchSemaphore(value: 0)
    private let task: Task<Void, any Error>

    init(of pool: SQLitePool, to target: String) {
        let (hasBegun, tell) = AsyncStream<Void>.makeStream()
        self.hasBegun = hasBegun
        let isHeld = Locked(true)
        task = Task { [mayGoOn] in
            try await pool.backup(to: target, pagesPerStep: 1) { _ in
                let isFirst = isHeld.withLock { isHeld in
                    defer { isHeld = false }
                    return isHeld
                }
                if !isFirst { return }
                tell.finish()
                mayGoOn.wait()
            }
        }
    }

    func finish() async throws {
        mayGoOn.signal()
        try await task.value
    }
}
