import Foundation
import Glibc
import Testing

/// A named pipe in the input: whoever reads it waits until the test writes, so that the test decides when a job ends.
struct NamedPipe {
    let path: String

    init(_ name: String, in folder: TemporaryFolder) throws {
        path = "\(folder.input)/\(name)"
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    }

    /// Writes a text for the one who reads, as soon as there is one, and leaves a file with the same text behind.
    func write(_ text: String, to process: IndexerProcess) async throws {
        var descriptor: Int32 = -1
        try await waitUntil(process) {
            descriptor = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            return descriptor >= 0
        }
        // So short a text fits into the pipe as a whole.
        let count = Glibc.write(descriptor, text, text.utf8.count)
        close(descriptor)
        guard count == text.utf8.count else { throw POSIXError(.EIO) }
        try FileManager.default.removeItem(atPath: path)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
