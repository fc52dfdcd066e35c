#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Which file a path leads to: a thin wrapper around the system's calls.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let number: UInt64

    /// The file that is at a path; `nil` if there is none.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        device = UInt64(truncatingIfNeeded: status.st_dev)
        number = UInt64(truncatingIfNeeded: status.st_ino)
    }

    /// Makes a file that only its owner can read, unless there is one.
    ///
    /// What goes wrong is told by whoever opens the file next. One that is there isn't opened: the system gives up all locks
    /// that a process has on a file, SQLite's too, as soon as the process closes any descriptor of it.
    static func makePrivateFile(path: String) {
        var descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        // A symbolic link is there, too, though the file that it leads to isn't.
        if descriptor < 0, errno == EEXIST, FileIdentity(path: path) == nil {
            descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        }
        if descriptor >= 0 { close(descriptor) }
    }

    /// Moves a file, unless there is none.
    static func move(_ path: String, to newPath: String) { _ = rename(path, newPath) }
}
