internal import HTTPTypes
internal import Hummingbird

/// Answers that nothing has changed, where a reader says what it has and nothing was stored since.
///
/// The page asks for what it shows after each change, and once more after each reconnection; what is large is sent once.
struct UnchangedMiddleware<Context: RequestContext>: RouterMiddleware {
    /// Where answers depend on nothing but what is stored.
    private static var paths: [String] { ["/api/traces", "/api/chains", "/api/types", "/api/spans"] }

    let changes: ChangeBroadcaster

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard [.get, .head].contains(request.method), Self.paths.contains(where: request.uri.path.hasPrefix) else {
            return try await next(request, context)
        }
        // Before reading: what is stored meanwhile makes the answer newer than it says, which costs one more answer.
        let tag = "\"\(changes.version)\""
        if request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: [.eTag: tag])
        }
        var response = try await next(request, context)
        if response.status == .ok { response.headers[.eTag] = tag }
        return response
    }
}
