package import Logging

/// How a collector is set up.
package struct CollectorConfiguration: Sendable {
    /// The address to listen on.
    package var host: String
    /// The port to listen on; zero for any that is free.
    package var port: Int
    /// The database's path.
    package var databasePath: String
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
        connectionLimit: Int = 256, databaseTimeout: Duration = .seconds(5), logger: Logger
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
