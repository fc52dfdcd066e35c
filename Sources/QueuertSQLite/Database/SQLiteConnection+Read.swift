internal import Queuert

extension SQLiteConnection {
    /// Runs a read on a connection that only reads.
    func snapshot<R: Sendable>(_ body: @Sendable (isolated SQLiteConnection) async throws -> R) async throws -> R {
        let handle = try handle
        try handle.begin(.reading, busyTimeout: busyTimeout)
        defer { handle.rollback() }
        let interrupter = handle.interrupter
        do {
            return try await withTaskCancellationHandler {
                try await body(self)
            } onCancel: {
                interrupter.interrupt()
            }
        } catch let error as SQLiteError where error.isInterruption && Task.isCancelled {
            throw CancellationError()
        }
    }

    /// Runs a read on the connection that writes, which is the only one of a database in memory.
    ///
    /// What others have written is committed first, so that the read sees nothing that may yet be undone.
    func readAlone<R: Sendable>(_ body: @Sendable (isolated SQLiteConnection) async throws -> R) async throws -> R {
        try await alone { connection in
            let handle = try connection.handle
            try handle.begin(.reading, busyTimeout: connection.busyTimeout)
            defer { handle.rollback() }
            let value = try await body(connection)
            if handle.hasWritten {
                throw SQLiteError(
                    code: .readOnly, reason: "a read was to write", hint: "Write inside `write` or `withTransaction`.")
            }
            return value
        }
    }
}
