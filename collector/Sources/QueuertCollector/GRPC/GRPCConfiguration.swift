/// How OTLP over gRPC is received.
package struct GRPCConfiguration: Sendable {
    /// The port that exporters send to unless they are told otherwise.
    package static let usualPort = 4317

    /// The port to listen on; zero for any that is free.
    package var port: Int
    /// Whether the collector doesn't start without the port.
    package var isRequired: Bool
    /// After how long without a call a connection is closed.
    package var idleTime: Duration

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - port: The port to listen on; zero for any that is free.
    ///   - isRequired: Whether the collector doesn't start without the port.
    ///   - idleTime: After how long without a call a connection is closed; five minutes by default.
    package init(port: Int = usualPort, isRequired: Bool = true, idleTime: Duration = .seconds(300)) {
        self.port = port
        self.isRequired = isRequired
        self.idleTime = idleTime
    }
}
