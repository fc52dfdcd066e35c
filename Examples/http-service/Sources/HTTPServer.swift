import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

/// Makes an HTTP server whose requests are server spans, below what the request's `traceparent` names.
///
/// - Parameters:
///   - host: The address to listen on.
///   - port: The port; 0 for any that is free.
///   - logger: Where the server logs.
///   - routes: Adds the routes.
///   - onReady: Called with the port once requests are answered.
/// - Returns: The server.
func makeHTTPServer(
    host: String, port: Int, logger: Logger, routes: (Router<BasicRequestContext>) -> Void,
    onReady: @escaping @Sendable (_ port: Int) async -> Void
) -> some Service {
    let router = Router(context: BasicRequestContext.self)
    router.add(middleware: TracingMiddleware())
    routes(router)
    return Application(
        router: router, configuration: .init(address: .hostname(host, port: port), serverName: nil),
        onServerRunning: { channel in await onReady(channel.localAddress?.port ?? port) }, logger: logger)
}
