import Glibc

/// A file or folder that the system would not let us have.
package struct FileAccessError: Error, Sendable {
    package enum Code: Sendable {
        /// There is nothing at the path.
        case missing
        /// It is there and can't be read.
        case unreadable
    }
    package let code: Code
    /// The system's words for it.
    package let reason: String

    init(errno number: Int32) {
        code = number == ENOENT || number == ENOTDIR ? .missing : .unreadable
        reason = String(cString: strerror(number))
    }

    /// Why a file that was found is not in the index.
    var skipReason: SkipReason { code == .missing ? .vanished : .unreadable }
}
