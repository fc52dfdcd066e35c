internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle

/// Receives OTLP over gRPC until it is told to stop.
struct GRPCServer: Service {
    private let configuration: GRPCConfiguration
    private let host: String
    private let connectionLimit: Int
    private let channel: GRPCChannel
    private let logger: Logger
    private let ports: AsyncStream<Int>
    private let port: AsyncStream<Int>.Continuation

    /// Makes a server that doesn't listen yet.
    ///
    /// - Parameters:
    ///   - grpc: How OTLP over gRPC is received.
    ///   - configuration: How the collector is set up.
    ///   - receiver: What takes the calls' messages.
    ///   - faults: The answers that a test has asked for.
    init(
        _ grpc: GRPCConfiguration, _ configuration: CollectorConfiguration, _ receiver: OTLPReceiver,
        _ faults: ScriptedFaults?
    ) {
        self.configuration = grpc
        host = configuration.host
        connectionLimit = configuration.connectionLimit
        logger = configuration.logger
        channel = GRPCChannel(
            calls: GRPCCallHandler(
                receiver: receiver, token: configuration.token.map { AccessToken(text: $0) }, faults: faults,
                requestDeadline: .init(configuration.requestDeadline)),
            idleTime: .init(grpc.idleTime))
        (ports, port) = AsyncStream<Int>.makeStream()
    }

    /// Waits until calls are answered, and says on which port; `nil` if it isn't going to listen.
    func listeningPort() async -> Int? {
        for await port in ports { return port }
        return nil
    }

    func run() async throws {
        let server = Server(
            childChannelSetup: channel,
            configuration: .init(
                address: .hostname(host, port: configuration.port),
                availableConnectionsDelegate: MaximumAvailableConnections(connectionLimit, logger: logger)),
            onServerRunning: { channel in
                port.yield(channel.localAddress?.port ?? configuration.port)
                port.finish()
            },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        do {
            try await server.run()
        } catch let error as IOError {
            guard configuration.isRequired || error.errnoCode != EADDRINUSE else {
                logger.warning(
                    "another program listens on gRPC's port, so that telemetry is received over HTTP only",
                    metadata: ["port": "\(configuration.port)", "hint": "choose another with --grpc-port, or off"])
                port.finish()
                return try await gracefulShutdown()
            }
            throw CollectorError(error, host: host, port: configuration.port, option: "--grpc-port") ?? error
        }
    }
}
