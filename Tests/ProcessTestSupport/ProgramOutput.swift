import Foundation
import Glibc

/// A pipe for what a program writes.
///
/// Reading it blocks, which the threads that run tests may not: Swift Testing takes one of them for as long as a test that
/// ends its process runs. Such a process gets all open files, so the end for writing is closed there by the system: what reads
/// to the end would wait for that process, too.
package final class ProgramOutput: Sendable {
    private let reading: Int32
    /// The end to write to.
    package let writing: Int32

    /// Makes a pipe.
    ///
    /// - Throws: An error of the system.
    package init() throws {
        (reading, writing) = try makePipe()
    }

    deinit { close(reading) }

    /// The end to write to, for a program.
    package var output: ChildProcess.Output { .file(writing) }

    /// Closes the end to write to, so that the output ends with the program, which has begun.
    package func closeWriting() { close(writing) }

    /// Reads to the end, which keeps the thread.
    package func rest() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case let count = read(reading, &buffer, buffer.count), count != 0 {
            if count > 0 { bytes += buffer[..<count] } else if errno != EINTR { break }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads to the end of a line, which keeps the thread.
    package func line() -> String {
        var bytes: [UInt8] = []
        var byte: UInt8 = 0
        while case let count = read(reading, &byte, 1), count != 0 {
            if count < 0, errno != EINTR { break }
            if count < 0 { continue }
            if byte == UInt8(ascii: "\n") { break }
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
