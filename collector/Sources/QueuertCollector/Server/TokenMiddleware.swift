import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Lets in only those who know the token.
///
/// Programs send it as `Authorization: Bearer …`. A browser opens `/?token=…` once and is given a cookie, which no other
/// site can use.
struct TokenMiddleware<Context: RequestContext>: RouterMiddleware {
    private static var cookie: String { "queuert_collector_token" }
    /// What tells whether the collector is alive tells nothing else.
    private static var openPaths: Set<String> { ["/health", "/ready"] }

    let token: AccessToken

    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        if Self.openPaths.contains(request.uri.path) || isKnown(request) { return try await next(request, context) }
        if request.method == .get, request.uri.path == "/",
            let given = request.uri.queryParameters["token"].map(String.init),
            token.matches(given)
        {
            return Response(
                status: .seeOther,
                headers: [
                    .location: "/",
                    .setCookie: "\(Self.cookie)=\(Self.encoded(token.text)); Path=/; HttpOnly; SameSite=Strict",
                ])
        }
        return refusal(of: request)
    }

    private func isKnown(_ request: Request) -> Bool {
        if let isToken = token.matches(authorization: request.headers[.authorization]) { return isToken }
        let cookies = (request.headers[.cookie] ?? "").split(separator: ";")
        return cookies.contains { cookie in
            let parts = cookie.split(separator: "=", maxSplits: 1)
            return parts.count == 2 && parts[0].drop { $0 == " " } == Self.cookie
                && token.matches(String(parts[1]).removingPercentEncoding ?? "")
        }
    }

    private static func encoded(_ token: String) -> String {
        let plain = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~".utf8)
        return token.utf8.map { byte in
            plain.contains(byte)
                ? String(UnicodeScalar(byte)) : "%\(HexadecimalID.text(of: CollectionOfOne(byte)).uppercased())"
        }.joined()
    }

    private func refusal(of request: Request) -> Response {
        var response =
            if Signal.allCases.contains(where: { $0.path == request.uri.path }),
                let encoding = OTLPEncoding(header: request.headers[.contentType])
            {
                ReceiverAnswer.failure(.tokenMissing, encoding)
            } else {
                APIError(
                    "the token is missing or isn't the collector's",
                    hint: "Send it as Authorization: Bearer TOKEN, or open /?token=TOKEN.", status: .unauthorized
                ).response
            }
        response.headers[.wwwAuthenticate] = "Bearer"
        return response
    }
}
