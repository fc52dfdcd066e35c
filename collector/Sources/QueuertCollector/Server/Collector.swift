internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle

/// The collector: receives spans, keeps them, and serves the API and the page.
package struct Collector: Sendable {
    private let configuration: CollectorConfiguration
    let store: SpanStore
    let changes = ChangeBroadcaster()
    let intake: TelemetryIntake
    let limit: IntakeLimit
    private let forwarder: Forwarder?
    private let files: JSONLinesSink?

    /// Opens the database; nothing is received yet.
    ///
    /// - Parameter configuration: How the collector is set up.
    /// - Throws: `StoreError` if the database can't be opened; `CollectorError` if others could read all of it.
    package init(_ configuration: CollectorConfiguration) async throws {
        guard configuration.isLoopback || configuration.token != nil else {
            throw CollectorError(
                code: .tokenMissing, message: "others can reach \(configuration.host), and there is no token",
                hint: "Set one with --token-file or QUEUERT_COLLECTOR_TOKEN, or leave out --host for 127.0.0.1.")
        }
        self.configuration = configuration
        let logger = configuration.logger
        let statistics = CollectorStatistics()
        store = try await SpanStore(path: configuration.databasePath, busyTimeout: configuration.databaseTimeout)
        intake = TelemetryIntake(
            store: store, changes: changes, statistics: statistics,
            pruner: Pruner(store, configuration.retention, statistics, changes, logger), logger: logger)
        limit = IntakeLimit(configuration.intakeBytes)
        forwarder = configuration.forwarding.map { Forwarder($0, statistics, logger) }
        files = configuration.files.map { JSONLinesSink($0, statistics, logger) }
    }

    /// Serves until the task is cancelled or a signal asks to stop.
    ///
    /// - Parameters:
    ///   - stopOnSignals: Whether SIGTERM and SIGINT stop the collector, and end the process if they come once more.
    ///   - onReady: Called once requests are answered, with the port, and with that for gRPC if there is one.
    /// - Throws: `CollectorError` if it can't listen where it was told to, or can't import what it was told to.
    package func run(
        stopOnSignals: Bool = false,
        onReady: @escaping @Sendable (_ port: Int, _ grpcPort: Int?) async -> Void = { _, _ in }
    ) async throws {
        do { try await importFiles() } catch {
            await store.close()
            throw error
        }
        // Stopped in the opposite order: first nothing comes in, then what waits goes out.
        var services: [any Service] = [intake.pruner]
        if let forwarder { services.append(forwarder) }
        if let files { services.append(files) }
        let receiver = OTLPReceiver(intake: intake, limit: limit, tees: tees)
        let faults = configuration.hasScriptedFaults ? ScriptedFaults() : nil
        let grpc = configuration.grpc.map { GRPCServer($0, configuration, receiver, faults) }
        if let grpc { services.append(grpc) }
        let application = Application(
            router: router(receiver, faults),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        RequestDeadlineHandler(limit: .init(configuration.requestDeadline)), ContinueHandler(),
                    ],
                    idleTimeout: .init(configuration.requestDeadline))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.connectionLimit, logger: configuration.logger)),
            services: services,
            onServerRunning: { channel in
                let grpcPort = await grpc?.listeningPort()
                // Cancelled if that can't be listened on: then the collector isn't ready, and won't be.
                guard !Task.isCancelled else { return }
                await onReady(channel.localAddress?.port ?? configuration.port, grpcPort)
            },
            logger: configuration.logger)
        do {
            let group = ServiceGroup(services: [application], logger: configuration.logger)
            if stopOnSignals { try await StopSignals().run(group) } else { try await group.run() }
        } catch {
            await store.close()
            throw startError(error)
        }
        await store.close()
    }

    private var tees: [any RequestTee] {
        var tees: [any RequestTee] = []
        if let forwarder { tees.append(forwarder) }
        if let files { tees.append(files) }
        return tees
    }

    private func router(_ receiver: OTLPReceiver, _ faults: ScriptedFaults?) -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: HeadMiddleware())
        router.add(middleware: SecurityHeadersMiddleware())
        if configuration.isLoopback { router.add(middleware: LoopbackHostMiddleware()) }
        // Before the token, which a browser doesn't send along when it asks whether a page may send.
        router.add(middleware: OriginMiddleware(origins: configuration.allowedOrigins))
        if let token = configuration.token { router.add(middleware: TokenMiddleware(token: AccessToken(text: token))) }
        router.add(middleware: ReceiverMiddleware(receiver: receiver, faults: faults))
        router.add(middleware: UnchangedMiddleware(changes: changes))
        TraceAPI(store: store, changes: changes).addRoutes(to: router)
        MetricsAPI(store: store).addRoutes(to: router)
        LogsAPI(store: store).addRoutes(to: router)
        TransferAPI(intake: intake, limit: limit).addRoutes(to: router)
        StatusAPI(intake: intake, limit: limit, retention: configuration.retention, forwarder: forwarder)
            .addRoutes(to: router)
        PageRoutes().addRoutes(to: router)
        router.add(middleware: MethodMiddleware(routes: router.routes))
        return router
    }

    private func importFiles() async throws {
        for path in configuration.importPaths {
            do {
                let result = try await TelemetryImport(intake: intake).run(file: path)
                configuration.logger.notice(
                    "a file was imported", metadata: ["path": "\(path)", "requests": "\(result.requests)"])
            } catch let error as ImportError {
                throw CollectorError(code: .importFailed, message: "\(path): \(error.message)", hint: error.hint)
            }
        }
    }

    private func startError(_ error: any Error) -> any Error {
        guard let error = error as? IOError else { return error }
        return CollectorError(error, host: configuration.host, port: configuration.port, option: "--port") ?? error
    }
}
