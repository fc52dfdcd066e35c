#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// A file that is only appended to: a thin wrapper around the system's calls.
struct AppendedFile: ~Copyable {
    private let descriptor: Int32
    /// Whether a line was cut off and could not be taken back.
    private var isCutOff = false

    init(path: String) throws(OTLPFileError) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OTLPFileError(code: .notOpened, reason: Self.reason(errno)) }
    }

    deinit { close(descriptor) }

    /// Appends a line, or nothing: what was written of it before an error is taken back.
    ///
    /// Others who append to the file as this does wait meanwhile, so that what is taken back is never theirs.
    mutating func append(_ line: [UInt8]) throws(OTLPFileError) {
        let isLocked = lock()
        defer { if isLocked { flock(descriptor, LOCK_UN) } }
        let bytes = isCutOff ? [UInt8(ascii: "\n")] + line : line
        let before = lseek(descriptor, 0, SEEK_END)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let code = errno
                // A pipe or a device can't be cut, and neither may a file to which others append meanwhile.
                let isTakenBack = written == 0 || (isLocked && before >= 0 && ftruncate(descriptor, before) == 0)
                if !isTakenBack { isCutOff = true }
                throw OTLPFileError(code: .notWritten, reason: Self.reason(code))
            }
            written += count
        }
        isCutOff = false
    }

    /// Waits until nobody else appends, each of which takes no longer than it takes to write a line.
    ///
    /// - Returns: False where the system has no locks for such a file.
    private func lock() -> Bool {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { return false }
        }
        return true
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
