import Foundation
import Testing

/// The program queuert-collector in a process of its own.
///
/// It writes to files: the end of a file is there when the process has ended, while Foundation's notification of
/// the end of a pipe got lost now and then.
final class Program {
    let process = Process()
    private let output: URL
    private let errors: URL
    private let exits: AsyncStream<Void>

    init(_ arguments: [String], in folder: URL, environment: [String: String] = [:]) throws {
        let id = UUID().uuidString
        output = folder.appendingPathComponent("\(id).output")
        errors = folder.appendingPathComponent("\(id).errors")
        for file in [output, errors] { try Data().write(to: file) }
        // Tests and program are built into the same folder.
        let products = try #require(Bundle.main.executableURL).deletingLastPathComponent()
        process.executableURL = products.appendingPathComponent("queuert-collector")
        process.arguments = arguments
        // On gRPC's usual port another collector of this machine may listen.
        process.environment = ProcessInfo.processInfo.environment
            .merging(["QUEUERT_COLLECTOR_GRPC_PORT": "off"]) { $1 }.merging(environment) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        let (exits, continuation) = AsyncStream<Void>.makeStream()
        self.exits = exits
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    deinit { if process.isRunning { process.terminate() } }

    /// Waits until the program is ready, and reads its port from what it says then.
    func port() async throws -> Int { try await number(in: /ready: http:\/\/127\.0\.0\.1:(\d+)\/.*\n/) }

    /// The same of its port for gRPC.
    func grpcPort() async throws -> Int { try await number(in: /ready: .*gRPC: 127\.0\.0\.1:(\d+),.*\n/) }

    private func number(in pattern: Regex<(Substring, Substring)>) async throws -> Int {
        while true {
            let isRunning = process.isRunning
            let said = try String(contentsOf: output, encoding: .utf8)
            if let match = said.firstMatch(of: pattern) { return try #require(Int(match.1)) }
            try #require(isRunning, "the program ended before it was ready")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits until the program has printed a text.
    func says(_ text: String) async throws {
        while true {
            let isRunning = process.isRunning
            if try String(contentsOf: output, encoding: .utf8).contains(text) { return }
            try #require(isRunning, "the program ended before it said \(text)")
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// Waits for the end, and returns the exit code and what was printed.
    func end() async throws -> (code: Int32, output: String, errors: String) {
        for await _ in exits {}
        // The loop also ends when the test has run out of time.
        try Task.checkCancellation()
        return (
            process.terminationStatus, try String(contentsOf: output, encoding: .utf8),
            try String(contentsOf: errors, encoding: .utf8)
        )
    }
}
