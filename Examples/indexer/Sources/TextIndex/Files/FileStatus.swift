import Glibc

/// What a path names, as the file system says.
package struct FileStatus: Sendable {
    package enum Kind: Sendable {
        case regular, folder, pipe, other
    }
    package let kind: Kind
    package let byteCount: Int

    /// Looks at a path; a symbolic link is not followed.
    ///
    /// - Parameter path: The path.
    /// - Throws: ``FileAccessError`` if there is nothing or it can't be looked at.
    package init(path: String) throws(FileAccessError) {
        var status = stat()
        guard lstat(path, &status) == 0 else { throw FileAccessError(errno: errno) }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .regular
            case S_IFDIR: .folder
            case S_IFIFO: .pipe
            default: .other
            }
        byteCount = Int(status.st_size)
    }
}
