internal import CSQLite
internal import Queuert
internal import Synchronization

/// Ends what a read runs, and whatever it runs afterwards, from any thread.
///
/// `sqlite3_interrupt` would do nothing if it came just before a statement begins, so SQLite also asks from time to time:
/// between two of its steps. Within one, which may count all rows of a table, it looks for the interruption only.
final class SQLiteReadCancellation: Sendable {
    private let isCancelled = Atomic(false)
    /// Nothing once the read has ended: what runs then on the connection is no longer the read's.
    private let interrupter: Locked<SQLiteInterrupter?>

    init(_ interrupter: SQLiteInterrupter) { self.interrupter = Locked(interrupter) }

    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        // Inside the lock, or it could come when the read has ended.
        interrupter.withLock { $0?.interrupt() }
    }

    /// The read has ended.
    func end() { interrupter.withLock { $0 = nil } }

    /// How many steps of SQLite's machine a statement makes before it is asked again: some ten microseconds.
    private static let steps: Int32 = 1_000

    /// Has the statements of a connection end when this is cancelled.
    ///
    /// - Parameter database: The connection, which keeps this until another one, or none, takes its place.
    func watch(_ database: OpaquePointer) {
        sqlite3_progress_handler(
            database, Self.steps,
            { context in
                // It was given below, and is kept for as long as SQLite has it.
                guard let context else { return 0 }
                let cancellation = Unmanaged<SQLiteReadCancellation>.fromOpaque(context).takeUnretainedValue()
                return cancellation.isCancelled.load(ordering: .relaxed) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
    }
}
