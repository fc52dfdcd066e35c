internal import HTTPTypes
internal import Hummingbird

/// Tells browsers to load nothing from elsewhere, to run no script but ours, and to keep what they see to themselves.
struct SecurityHeadersMiddleware<Context: RequestContext>: RouterMiddleware {
    private static var contentSecurityPolicy: String {
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
            + "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
    }

    private static var notFound: Response {
        APIError("there is nothing at this path", hint: "The page is at /.", status: .notFound).response
    }

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError {
            // An error becomes its answer here, so that this has the headers as well.
            response =
                error.status == .notFound
                ? Self.notFound : try error.response(from: request, context: context)
        }
        response.headers[.contentSecurityPolicy] = Self.contentSecurityPolicy
        response.headers[.xContentTypeOptions] = "nosniff"
        if let referrerPolicy = HTTPField.Name("Referrer-Policy") {
            response.headers[referrerPolicy] = "no-referrer"
        }
        if let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy"), response.headers[resourcePolicy] == nil
        {
            response.headers[resourcePolicy] = "same-origin"
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        return response
    }
}
