internal import QueuertSQLite

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Makes one of all outboxes of a file the one that sends: a thin wrapper around `flock`.
///
/// The system gives the lock up when the process ends, however it ends; so there is no lease that has to run out first.
struct LeaderLock: ~Copyable {
    private let descriptor: Int32
    private var isHeld = false

    init(path: String) throws(SQLiteError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SQLiteError(
                code: .cannotOpen, reason: "the outbox's lock file can't be opened",
                hint: "Check that the folder exists and that this user may read and write there.")
        }
    }

    deinit { close(descriptor) }

    /// Takes the lock if nobody has it.
    ///
    /// - Returns: Whether it is held.
    mutating func take() -> Bool {
        if !isHeld { isHeld = flock(descriptor, LOCK_EX | LOCK_NB) == 0 }
        return isHeld
    }
}
