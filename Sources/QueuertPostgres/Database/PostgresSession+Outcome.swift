extension PostgresSession {
    /// Whether the server may still be at the statement that runs, as far as a further connection can tell.
    var isServerAtWork: Bool {
        guard let process, let handle = try? reconnect() else { return true }
        return process.isAtWork(seenFrom: handle)
    }

    /// Finds something out on a further connection, where this one was lost.
    ///
    /// It blocks the thread, which is the connection's own and has nothing else to do.
    ///
    /// - Parameter look: Looks, on the further connection; `nil` if it is not known yet.
    /// - Returns: What it found; `nil` if nothing could be found in time.
    func findOut<R>(_ look: (PostgresHandle) throws -> R?) -> R? {
        let deadline = ContinuousClock.now + patience
        var handle: PostgresHandle?
        while true {
            do {
                let connected = try handle ?? reconnect()
                handle = connected
                if let found = try look(connected) { return found }
            } catch {
                handle = nil
            }
            if .now >= deadline { return nil }
            PostgresHandle.pause(microseconds: 10_000...30_000)
        }
    }
}
