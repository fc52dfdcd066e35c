internal import HTTPTypes
internal import Hummingbird

/// Answers a method that a path doesn't have with those that it has.
///
/// It belongs behind all routes, so that a request gets here only if none of them takes it.
struct MethodMiddleware<Context: RequestContext>: RouterMiddleware {
    private let routes: [(path: RouterPath, method: HTTPRequest.Method)]

    /// Makes the middleware.
    ///
    /// - Parameter routes: All routes of the router.
    init(routes: [Router<Context>.RouteDescription]) {
        self.routes = routes.map { ($0.path, $0.method) }
    }

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        let known = methods(ofPath: request.uri.path)
        if known.isEmpty { return try await next(request, context) }
        return APIError.methodNotAllowed(known)
    }

    private func methods(ofPath path: String) -> [HTTPRequest.Method] {
        // The router, too, leaves out what is empty between slashes.
        let parts = path.split(separator: "/")
        let matching = routes.filter { route in
            route.path.count == parts.count && zip(route.path, parts).allSatisfy { element, part in element ~= part }
        }
        var methods = Set(matching.map { $0.method })
        // The router makes HEAD of GET only when it is built.
        if methods.contains(.get) { methods.insert(.head) }
        return methods.sorted { $0.rawValue < $1.rawValue }
    }
}
