internal import HTTPTypes
internal import Hummingbird

/// Lets web pages of other origins send telemetry if they are on the list, and refuses whatever else they would change.
///
/// A browser keeps the answers from such a page, but sends its simpler requests without asking.
struct OriginMiddleware<Context: RequestContext>: RouterMiddleware {
    let origins: AllowedOrigins

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if Signal.allCases.contains(where: { $0.path == request.uri.path }) {
            if let preflight = origins.preflight(request) { return preflight }
            var response = try await next(request, context)
            origins.allow(request, &response)
            return response
        }
        guard Self.onlyReads(request) || !Self.isForeign(request) else {
            return APIError(
                "a web page of another origin may change nothing here",
                hint: "Use the collector's own page, or a program that isn't a browser.", status: .forbidden
            ).response
        }
        return try await next(request, context)
    }

    private static func onlyReads(_ request: Request) -> Bool {
        [.get, .head, .options].contains(request.method)
    }

    /// Says whether a request is that of a web page which isn't the collector's own.
    private static func isForeign(_ request: Request) -> Bool {
        // Most browsers say so themselves, even if a proxy has put another name into the Host header.
        if let fetchSite = HTTPField.Name("Sec-Fetch-Site"), let site = request.headers[fetchSite] {
            return !["same-origin", "none"].contains(site)
        }
        guard let origin = request.headers[.origin] else { return false }
        guard let scheme = origin.firstRange(of: "://"), let authority = request.head.authority else { return true }
        return origin[scheme.upperBound...].lowercased() != authority.lowercased()
    }
}
