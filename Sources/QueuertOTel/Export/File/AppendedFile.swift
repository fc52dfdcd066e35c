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

    init(path: String) throws(OTLPFileError) {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OTLPFileError(code: .notOpened, reason: Self.reason(errno)) }
    }

    deinit { close(descriptor) }

    /// Appends all of the bytes, or none: what was written of them before an error is taken back.
    mutating func append(_ bytes: [UInt8]) throws(OTLPFileError) {
        let before = lseek(descriptor, 0, SEEK_END)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                write(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                let code = errno
                // A pipe or a device can't be cut, and has nothing to take back.
                if before >= 0 { ftruncate(descriptor, before) }
                throw OTLPFileError(code: .notWritten, reason: Self.reason(code))
            }
            written += count
        }
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
