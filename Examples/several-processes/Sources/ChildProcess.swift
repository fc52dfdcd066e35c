import Foundation

/// A process that this one has started.
final class ChildProcess: Sendable {
    /// How a process ended.
    struct Ending: Sendable, Equatable {
        var status: Int32
        var isKilled: Bool
    }

    private let process: Process
    private let input = Pipe()
    private let ended: AsyncStream<Void>

    /// Starts a program.
    init(_ program: URL, _ arguments: [String]) throws {
        process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.standardInput = input
        let (ended, continuation) = AsyncStream<Void>.makeStream()
        self.ended = ended
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }

    /// Tells the process that it may end.
    func closeInput() { try? input.fileHandleForWriting.close() }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the process's end.
    func end() async -> Ending {
        for await _ in ended {}
        return Ending(
            status: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal)
    }

    /// In the other process: waits until whoever started it closes the pipe.
    static func waitForEndOfInput() async {
        await withCheckedContinuation { continuation in
            // Reading blocks, which none of Swift's own threads may.
            Thread.detachNewThread {
                _ = try? FileHandle.standardInput.readToEnd()
                continuation.resume()
            }
        }
    }
}
