internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// The page and what it loads, all of it part of the program.
struct PageRoutes: Sendable {
    /// Adds the routes.
    ///
    /// - Parameter router: The router to add to.
    func addRoutes(to router: Router<some RequestContext>) {
        for (name, content) in EmbeddedPage.files {
            let mediaType = Self.mediaType(of: name)
            router.get(name == "index.html" ? "/" : RouterPath(name)) { _, _ in
                Response(
                    // The browser asks again each time: another version of the collector may run by then.
                    status: .ok, headers: [.contentType: mediaType, .cacheControl: "no-cache"],
                    body: .init(byteBuffer: ByteBuffer(string: content)))
            }
        }
    }

    private static func mediaType(of name: String) -> String {
        switch name.split(separator: ".").last {
        case "html": "text/html; charset=utf-8"
        case "css": "text/css; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        default: "application/octet-stream"
        }
    }
}
