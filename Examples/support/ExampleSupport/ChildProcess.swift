package import Foundation

/// A process that this one has started.
package final class ChildProcess: Sendable {
    /// How a process ended.
    package struct Ending: Sendable, Equatable {
        package var status: Int32
        package var isKilled: Bool

        /// Makes an ending, to compare with.
        package init(status: Int32, isKilled: Bool) {
            self.status = status
            self.isKilled = isKilled
        }
    }

    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private let ended: AsyncStream<Void>

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - program: The program's file.
    ///   - arguments: What it is given.
    ///   - environment: Variables that it has beside those of this process.
    ///   - readsOutput: Whether what it prints is read by this process; otherwise both print to the same place.
    /// - Throws: An error of the system, if the program can't be started.
    package init(
        _ program: URL, _ arguments: [String], environment: [String: String] = [:], readsOutput: Bool = false
    ) throws {
        process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = input
        if readsOutput { process.standardOutput = output }
        let (ended, continuation) = AsyncStream<Void>.makeStream()
        self.ended = ended
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    package var isRunning: Bool { process.isRunning }

    /// Tells the process that it may end.
    package func closeInput() { try? input.fileHandleForWriting.close() }

    package func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for a line of the process's output.
    ///
    /// - Returns: The line; `nil` if the process has closed its output.
    package func line() async -> String? {
        let handle = output.fileHandleForReading
        return await withCheckedContinuation { continuation in
            // Reading blocks, which none of Swift's own threads may.
            Thread.detachNewThread {
                var line = Data()
                while let byte = try? handle.read(upToCount: 1), !byte.isEmpty {
                    if byte.first == UInt8(ascii: "\n") {
                        continuation.resume(returning: String(decoding: line, as: UTF8.self))
                        return
                    }
                    line.append(byte)
                }
                continuation.resume(returning: nil)
            }
        }
    }

    /// Waits for the process's end.
    package func end() async -> Ending {
        for await _ in ended {}
        return Ending(
            status: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal)
    }

    /// In the other process: waits until whoever started it closes the pipe.
    package static func waitForEndOfInput() async {
        await withCheckedContinuation { continuation in
            // Reading blocks, which none of Swift's own threads may.
            Thread.detachNewThread {
                _ = try? FileHandle.standardInput.readToEnd()
                continuation.resume()
            }
        }
    }
}
