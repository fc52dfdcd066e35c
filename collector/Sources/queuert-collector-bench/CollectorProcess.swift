import Foundation
import Logging
import QueuertCollector

/// A collector in a process of its own, so that what it costs is told apart from what its senders cost.
final class CollectorProcess {
    /// The argument that makes this program a collector.
    static let argument = "--serve"
    /// The collector could not be started.
    struct Failure: Error {}

    let port: UInt16
    private let process = Process()

    /// Starts a collector.
    ///
    /// - Parameters:
    ///   - database: Its database.
    ///   - retentionBytes: How large that may become.
    /// - Throws: ``Failure``, or an error of the system.
    init(database: String, retentionBytes: Int = 1 << 40) throws {
        let output = Pipe()
        process.executableURL = Bundle.main.executableURL
        process.arguments = [Self.argument, database, String(retentionBytes)]
        process.standardOutput = output
        try process.run()
        // It prints its port, and nothing else.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)) else { throw Failure() }
        self.port = port
    }

    /// Ends the collector, as a signal does.
    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    /// The time that it has used of all processors.
    var processorTime: Duration {
        let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
        // The name, which may hold anything, ends with the last bracket.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Int(fields[11]), let system = Int(fields[12]) else { return .zero }
        return .milliseconds((user + system) * 1_000 / Int(sysconf(Int32(_SC_CLK_TCK))))
    }

    /// How much memory it has.
    var residentBytes: Int {
        let path = "/proc/\(process.processIdentifier)/statm"
        let fields = (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: " ") ?? []
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * 4096
    }

    /// Is a collector.
    static func serve(_ arguments: [String]) async throws {
        var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .warning
        var configuration = CollectorConfiguration(port: 0, databasePath: arguments[0], logger: logger)
        configuration.retention.bytes = Int(arguments[1]) ?? configuration.retention.bytes
        let collector = try await Collector(configuration)
        try await collector.run(stopOnSignals: true) { port, _ in
            FileHandle.standardOutput.write(Data("\(port)\n".utf8))
        }
    }
}
