internal import HTTPTypes
internal import Hummingbird

/// Leaves out the bodies of answers to HEAD, whatever made them.
///
/// A client reads none there, and would take one for the beginning of the next answer.
struct HeadMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let response = try await next(request, context)
        return request.method == .head ? response.createHeadResponse() : response
    }
}
