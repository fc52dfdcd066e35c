/// What came of a statement that nobody answered.
enum StatementOutcome<Value> {
    /// It is written, and has led to this.
    case committed(Value)
    /// Nothing of it is written.
    case undone
    /// What would tell is gone.
    case unknown
}

extension PostgresSession {
    /// Whether the server may still be at the statement that runs, as far as a further connection can tell.
    var isServerAtWork: Bool {
        guard let process, let handle = try? reconnect() else { return true }
        return process.activity(seenFrom: handle) != .idle
    }

    /// Finds out what came of a statement that was to be committed with its transaction, or by the server itself, and that
    /// nobody answered.
    ///
    /// - Parameter look: Looks, on a further connection; `nil` if it is not known yet.
    /// - Returns: What the statement has led to.
    /// - Throws: ``PostgresError``: `connectionLost` if nothing is written, or else `commitUnknown`.
    func outcome<R>(_ look: (PostgresHandle) throws -> StatementOutcome<R>?) throws -> R {
        let found = findOut { handle -> StatementOutcome<R>? in
            // What it is still at, it may yet write, whatever the rows say.
            if let process, process.activity(seenFrom: handle) == .atWork { return nil }
            return try look(handle)
        }
        switch found {
        case .committed(let value):
            haveCommitted()
            return value
        case .undone: throw PostgresError.connectionLost()
        case .unknown, nil: throw PostgresError.commitUnknown
        }
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
