import ArgumentParser
import Foundation
import Logging
import QueuertCollector

/// Receives spans and serves the page.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Receive spans and serve the page (what happens without a subcommand).",
        discussion: """
            Each option has an environment variable too, as --retention-size has QUEUERT_COLLECTOR_RETENTION_SIZE. An option \
            counts for more. Variables for options that can be repeated hold a list with commas.
            """)

    @Option(help: "The address to listen on. Anything but this machine's own needs a token.")
    var host = Settings.text("HOST") ?? "127.0.0.1"

    @Option(help: "The port to listen on; 0 for any that is free.")
    var port: Int?

    @Option(
        help: ArgumentHelp(
            "The port to listen on for OTLP over gRPC, or off. (default: 4317, if it is free)", valueName: "grpc-port"))
    var grpcPort: String?

    @OptionGroup var database: DatabaseOption

    @OptionGroup(title: "Who may use it") var access: AccessOptions

    @OptionGroup(title: "What is kept, and where else it goes") var storage: StorageOptions

    @Option(help: "How much to log: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    func run() async throws {
        var logger = Logger(label: "queuert-collector") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel =
            try Settings.value(logLevel, "LOG_LEVEL", "a log level") { Logger.Level(rawValue: $0) } ?? .warning
        let port = try Settings.value(port.map(String.init), "PORT", "a port", Settings.port) ?? 4318
        var configuration = CollectorConfiguration(
            host: host, port: port, databasePath: database.path, logger: logger)
        configuration.grpc = try grpc()
        try access.apply(to: &configuration)
        try storage.apply(to: &configuration)
        OpenFiles.raiseLimit()
        do {
            let collector = try await Collector(configuration)
            try await collector.run(stopOnSignals: true) { [host, path = database.path] port, grpcPort in
                let authority = host.contains(":") ? "[\(host)]" : host
                let grpc = grpcPort.map { "gRPC: \(authority):\($0), " } ?? ""
                // Not printed: output to a pipe is buffered, and whoever started us may wait for this line.
                let line = "queuert-collector is ready: http://\(authority):\(port)/ (\(grpc)database: \(path))\n"
                FileHandle.standardOutput.write(Data(line.utf8))
            }
        } catch let error as CollectorError {
            try Failure.exit(error.description)
        } catch let error as StoreError {
            try Failure.exit(error.description)
        }
    }

    /// Without a word about it, gRPC's usual port may be taken by another program, which is no reason not to start.
    private func grpc() throws -> GRPCConfiguration? {
        let text = grpcPort ?? Settings.text("GRPC_PORT")
        if text == "off" { return nil }
        guard let port = try Settings.value(text, "GRPC_PORT", "a port or off", Settings.port) else {
            return GRPCConfiguration(isRequired: false)
        }
        return GRPCConfiguration(port: port)
    }
}
