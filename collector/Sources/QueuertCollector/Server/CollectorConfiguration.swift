package import Logging

/// How a collector is set up.
package struct CollectorConfiguration: Sendable {
    /// The address to listen on.
    package var host: String
    /// The port to listen on; zero for any that is free.
    package var port: Int
    /// The database's path.
    package var databasePath: String
    /// What everybody must know who sends or reads; `nil` for nothing, which only a loopback address may have.
    package var token: String?
    /// The web pages that may send from a browser.
    package var allowedOrigins = AllowedOrigins()
    /// How OTLP over gRPC is received, if at all.
    package var grpc: GRPCConfiguration?
    /// How much is kept.
    package var retention = RetentionConfiguration()
    /// Where requests are sent on to, if anywhere.
    package var forwarding: ForwardingConfiguration?
    /// Where requests are written to, if anywhere.
    package var files: JSONLinesConfiguration?
    /// Files that are imported before the first request is answered.
    package var importPaths: [String] = []
    /// Whether tests may ask for answers that tell of faults.
    package var hasScriptedFaults = false
    /// How many bytes of requests may be in memory.
    package var intakeBytes = 256 << 20
    /// How long a request may take to arrive.
    package var requestDeadline: Duration
    /// How many connections may be open.
    package var connectionLimit: Int
    /// How long to wait for another process that holds the database.
    package var databaseTimeout: Duration
    /// What to log with.
    package var logger: Logger

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - host: The address to listen on.
    ///   - port: The port to listen on; zero for any that is free.
    ///   - databasePath: The database's path.
    ///   - requestDeadline: How long a request may take to arrive.
    ///   - connectionLimit: How many connections may be open.
    ///   - databaseTimeout: How long to wait for another process that holds the database.
    ///   - logger: What to log with.
    package init(
        host: String = "127.0.0.1", port: Int = 4318, databasePath: String, requestDeadline: Duration = .seconds(60),
        connectionLimit: Int = 2048, databaseTimeout: Duration = .seconds(5), logger: Logger
    ) {
        self.host = host
        self.port = port
        self.databasePath = databasePath
        self.requestDeadline = requestDeadline
        self.connectionLimit = connectionLimit
        self.databaseTimeout = databaseTimeout
        self.logger = logger
    }

    /// Whether nobody but this machine can reach the address.
    package var isLoopback: Bool { ["localhost", "127.0.0.1", "::1"].contains(host) }
}
