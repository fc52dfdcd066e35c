#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Standard output or standard error: a thin wrapper around the system's call.
struct ConsoleOutput {
    private let descriptor: Int32

    init(_ stream: ConsoleExporter.Stream) {
        self.init(descriptor: stream == .standardOutput ? STDOUT_FILENO : STDERR_FILENO)
    }

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Writes all of the bytes.
    ///
    /// - Returns: Why that failed, in the system's words; `nil` if it didn't.
    func write(_ bytes: [UInt8]) -> String? {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                systemWrite(descriptor, buffer.baseAddress.map { $0 + written }, buffer.count - written)
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return String(cString: strerror(errno)) }
            written += count
        }
        return nil
    }
}

/// The system's `write`, which the method of this name hides.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
