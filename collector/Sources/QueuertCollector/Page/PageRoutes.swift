internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The page: one document, one style sheet and one script, all of them part of the program.
struct PageRoutes: Sendable {
    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        router.get("/") { _, _ in Self.file(EmbeddedPage.html, "text/html; charset=utf-8") }
        router.get("page.css") { _, _ in Self.file(EmbeddedPage.css, "text/css; charset=utf-8") }
        router.get("page.js") { _, _ in Self.file(EmbeddedPage.javaScript, "text/javascript; charset=utf-8") }
        router.get("favicon.ico") { _, _ in Response(status: .noContent) }
    }

    private static func file(_ content: String, _ mediaType: String) -> Response {
        .init(
            status: .ok, headers: [.contentType: mediaType, .cacheControl: "no-cache"],
            body: .init(byteBuffer: ByteBuffer(string: content)))
    }
}
