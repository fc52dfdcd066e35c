internal import Hummingbird

/// Hands every request for a path of OTLP's to the receiver, which has an answer of its own for each method.
struct ReceiverMiddleware<Context: RequestContext>: RouterMiddleware {
    let receiver: OTLPReceiver
    /// The answers that a test has asked for.
    let faults: ScriptedFaults?

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if let faults, request.uri.path == ScriptedFaults.path { return await faults.respond(to: request) }
        guard let signal = Signal.allCases.first(where: { $0.path == request.uri.path }) else {
            return try await next(request, context)
        }
        if let fault = faults?.next() {
            let encoding = OTLPEncoding(header: request.headers[.contentType]) ?? .protobuf
            return ReceiverAnswer.failure(.scripted(fault), encoding)
        }
        return await receiver.respond(to: request, signal)
    }
}
