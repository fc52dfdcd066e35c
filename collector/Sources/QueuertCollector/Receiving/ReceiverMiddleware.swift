internal import Hummingbird

/// Hands every request for `/v1/traces` to the receiver, which has an answer of its own for each method.
struct ReceiverMiddleware<Context: RequestContext>: RouterMiddleware {
    let receiver: TraceReceiver

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path == "/v1/traces" else { return try await next(request, context) }
        return await receiver.respond(to: request)
    }
}
