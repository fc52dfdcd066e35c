import Foundation
import Glibc

/// The program in a process of its own.
final class IndexerProcess {
    /// How a process ended.
    struct Ending {
        var code: Int32
        var isKilled: Bool
        var output: String
        var errors: String
    }

    private let process = Process()
    private let ended: AsyncStream<Void>
    private let output: URL
    private let errors: URL

    /// Starts the program.
    ///
    /// Root may read everything, so as root it runs without the capabilities that allow that.
    ///
    /// - Parameters:
    ///   - arguments: What it is given.
    ///   - folder: Where it prints to.
    ///   - lease: After how many seconds its jobs are taken over: soon where it is killed, and elsewhere not at all,
    ///     however busy the machine is.
    ///   - environment: Variables that it has beside those of this process.
    ///   - fileSizeLimit: How many bytes a file may have that it writes.
    /// - Throws: An error of the system, if it can't be started.
    init(
        _ arguments: [String], in folder: TemporaryFolder, lease: Int = 60,
        environment: [String: String] = ["OTEL_TRACES_EXPORTER": "none"], fileSizeLimit: Int? = nil
    ) throws {
        // Tests and program are built into the same folder.
        guard let products = Bundle.main.executableURL?.deletingLastPathComponent() else {
            throw CocoaError(.fileNoSuchFile)
        }
        let program = [products.appendingPathComponent("indexer").path] + arguments + ["--lease", "\(lease)"]
        var command: [String] = []
        // Without the signal, a write beyond the limit is refused, as it is on a full disk.
        if let fileSizeLimit { command += ["--ignore-signal=XFSZ", "prlimit", "--fsize=\(fileSizeLimit)", "--"] }
        if geteuid() == 0 { command += ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"] }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + program
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let name = UUID().uuidString
        output = URL(fileURLWithPath: "\(folder.path)/\(name).out")
        errors = URL(fileURLWithPath: "\(folder.path)/\(name).err")
        for (file, set) in [
            (output, { [process] in process.standardOutput = $0 }),
            (errors, { [process] in process.standardError = $0 }),
        ] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            set(try FileHandle(forWritingTo: file))
        }
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        ended = stream
        process.terminationHandler = { _ in continuation.finish() }
        try process.run()
    }

    deinit { if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } }

    var isRunning: Bool { process.isRunning }

    func send(_ signal: Int32) { Glibc.kill(process.processIdentifier, signal) }

    /// What the program has complained of so far.
    var complaints: String { get throws { try String(contentsOf: errors, encoding: .utf8) } }

    /// Waits for the end.
    func end() async throws -> Ending {
        for await _ in ended {}
        return Ending(
            code: process.terminationStatus, isKilled: process.terminationReason == .uncaughtSignal,
            output: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8)
        )
    }
}

extension TemporaryFolder {
    /// Starts the program on the input and the database.
    func index(
        _ options: String..., lease: Int = 60, environment: [String: String] = ["OTEL_TRACES_EXPORTER": "none"]
    ) throws -> IndexerProcess {
        try IndexerProcess([input, "--database", database] + options, in: self, lease: lease, environment: environment)
    }
}
