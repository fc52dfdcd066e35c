import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The standard output or the standard error: a thin wrapper around the system's call.
final class StandardStream: Sendable {
    static let output = StandardStream(STDOUT_FILENO)
    static let errors = StandardStream(STDERR_FILENO)

    private let descriptor: Int32
    /// The number of the first error, after which nothing more is written.
    private let failure = Mutex<Int32?>(nil)

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Keeps what is opened later from taking the place of a standard stream that the process was started without.
    ///
    /// The lowest number that is free is given to a connection too, over which the server would be sent what is printed.
    static func reserve() {
        for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) < 0 {
            // The wrong way round, so that what is printed fails to be written instead of being lost.
            _ = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }

    /// Writes all of a text, unless something before it could not be written.
    func write(_ text: String) {
        if failure.withLock({ $0 }) != nil { return }
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                failure.withLock { $0 = code }
                return
            }
            written += count
        }
    }

    /// Why something is missing, in the system's words; `nil` if nothing is, or if whoever read it has gone.
    var reasonOfFailure: String? {
        guard let code = failure.withLock({ $0 }), code != EPIPE else { return nil }
        return String(cString: strerror(code))
    }
}

/// The system's `write`, which the method of this name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
