internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Refuses requests that name a host other than this machine.
///
/// A web page anywhere can point a name of its own at 127.0.0.1 and then read from here as if it were its own server. It can't
/// choose the `Host` header, though, which still holds its own name.
struct LoopbackHostMiddleware<Context: RequestContext>: RouterMiddleware {
    func handle(
        _ request: Request, context: Context, next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard let authority = request.head.authority, Self.isLoopback(authority) else {
            let (error, hint) = ("the Host header names another machine", "Use localhost, 127.0.0.1 or [::1].")
            if request.uri.path.hasPrefix("/api/") {
                return APIError(error, hint: hint, status: .forbidden).response
            }
            return .init(
                status: .forbidden, headers: [.contentType: "text/plain; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: "403 \(error). \(hint)")))
        }
        return try await next(request, context)
    }

    /// Says whether a host is this machine, whatever the port.
    ///
    /// - Parameter authority: A host, maybe with a port.
    /// - Returns: Whether it is one of the names of this machine.
    static func isLoopback(_ authority: String) -> Bool {
        let host: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
        } else {
            host = authority.prefix { $0 != ":" }
        }
        return ["localhost", "127.0.0.1", "::1"].contains(host.lowercased())
    }
}
