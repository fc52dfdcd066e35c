internal import Queuert

extension SQLiteConnection {
    /// Runs a read in the transaction that the task has open here.
    ///
    /// If the transaction's body ends meanwhile, what the read runs afterwards is refused: nobody waits for it, since it may
    /// itself wait for what comes after the transaction.
    ///
    /// - Returns: What came of it; `nil` if the transaction's body has ended on the way to here, so that others may write.
    func readInOpenTransaction<R: Sendable>(
        _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async -> Result<R, any Error>? {
        guard OpenTransactions.isOpen(on: self) else { return nil }
        do { return .success(try await body(self)) } catch { return .failure(error) }
    }

    /// Runs a read on a connection that only reads.
    func snapshot<R: Sendable>(_ body: @Sendable (isolated SQLiteConnection) async throws -> R) async throws -> R {
        let handle = try handle
        try handle.begin(.reading, busyTimeout: busyTimeout)
        let cancellation = SQLiteReadCancellation(handle.interrupter)
        handle.readCancellation = cancellation
        defer {
            handle.readCancellation = nil
            handle.rollback()
        }
        do {
            return try await withTaskCancellationHandler {
                try await body(self)
            } onCancel: {
                cancellation.cancel()
            }
        } catch let error as SQLiteError where error.isInterruption && Task.isCancelled {
            throw CancellationError()
        }
    }

    /// Runs a read on the connection that writes, which is the only one of a database in memory.
    ///
    /// What others have written is committed first, so that the read sees nothing that may yet be undone.
    func readAlone<R: Sendable>(
        of pool: SQLitePool, _ body: @Sendable (isolated SQLiteConnection) async throws -> R
    ) async throws -> R {
        try await alone { connection in
            defer { OpenTransactions.endConnection(of: pool) }
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
