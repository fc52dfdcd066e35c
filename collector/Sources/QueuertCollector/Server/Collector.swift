internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import ServiceLifecycle
internal import UnixSignals

/// The collector: receives spans, keeps them, and serves the API and the page.
package struct Collector: Sendable {
    private let configuration: CollectorConfiguration
    let store: SpanStore
    let changes = ChangeBroadcaster()

    /// Opens the database; nothing is received yet.
    ///
    /// - Parameter configuration: How the collector is set up.
    /// - Throws: `StoreError` if the database can't be opened.
    package init(_ configuration: CollectorConfiguration) async throws {
        self.configuration = configuration
        store = try await SpanStore(path: configuration.databasePath, busyTimeout: configuration.databaseTimeout)
    }

    /// Serves until the task is cancelled or a signal asks to stop.
    ///
    /// - Parameters:
    ///   - stopOnSignals: Whether SIGTERM and SIGINT stop the collector.
    ///   - onReady: Called once requests are answered, with the port.
    /// - Throws: `CollectorError` if it can't listen where it was told to.
    package func run(
        stopOnSignals: Bool = false, onReady: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) async throws {
        let application = Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        RequestDeadlineHandler(limit: .init(configuration.requestDeadline))
                    ],
                    idleTimeout: .init(configuration.requestDeadline))),
            configuration: .init(
                address: .hostname(configuration.host, port: configuration.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(
                    configuration.connectionLimit, logger: configuration.logger)),
            onServerRunning: { channel in await onReady(channel.localAddress?.port ?? configuration.port) },
            logger: configuration.logger)
        do {
            try await application.runService(gracefulShutdownSignals: stopOnSignals ? [.sigterm, .sigint] : [])
        } catch {
            await store.close()
            throw startError(error)
        }
        await store.close()
    }

    private func router() -> Router<BasicRequestContext> {
        let router = Router(context: BasicRequestContext.self)
        router.add(middleware: SecurityHeadersMiddleware())
        if configuration.isLoopback { router.add(middleware: LoopbackHostMiddleware()) }
        router.add(
            middleware: ReceiverMiddleware(
                receiver: TraceReceiver(store: store, changes: changes, logger: configuration.logger)))
        router.add(middleware: UnchangedMiddleware(changes: changes))
        TraceAPI(store: store, changes: changes).addRoutes(to: router)
        PageRoutes().addRoutes(to: router)
        return router
    }

    private func startError(_ error: any Error) -> any Error {
        guard let error = error as? IOError else { return error }
        let address = "\(configuration.host):\(configuration.port)"
        switch error.errnoCode {
        case EADDRINUSE:
            return CollectorError(
                code: .portInUse, message: "another program already listens on \(address)",
                hint: "Stop it, or choose another port with --port, and tell the senders with "
                    + "OTEL_EXPORTER_OTLP_ENDPOINT=http://\(configuration.host):PORT.")
        case EACCES:
            return CollectorError(
                code: .portForbidden, message: "this user may not listen on \(address)",
                hint: "Choose a port above 1023 with --port.")
        case EADDRNOTAVAIL:
            return CollectorError(
                code: .addressUnavailable, message: "\(configuration.host) isn't an address of this machine",
                hint: "Choose another with --host, or leave it out for 127.0.0.1.")
        default: return error
        }
    }
}
