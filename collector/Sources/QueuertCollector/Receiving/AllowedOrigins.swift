internal import HTTPTypes
internal import Hummingbird

/// The web pages that may send telemetry from a browser: an allow-list, empty unless somebody fills it.
///
/// No answer ever allows credentials, so a browser sends none of its own along.
package struct AllowedOrigins: Sendable {
    private let patterns: [String]

    /// Makes a list.
    ///
    /// - Parameter patterns: Origins such as `https://app.example.com`. An asterisk stands for any characters but slashes;
    ///   alone, it stands for all origins.
    package init(_ patterns: [String] = []) { self.patterns = patterns.map { $0.lowercased() } }

    /// Says whether an origin is on the list.
    ///
    /// - Parameter origin: What a browser calls the page's origin.
    /// - Returns: Whether it may send.
    package func contains(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        return patterns.contains { $0 == "*" || Self.matches($0[...], origin[...]) }
    }

    /// Answers a browser that asks whether it may send.
    ///
    /// - Parameter request: Any request.
    /// - Returns: The answer; `nil` if the request isn't such a question, or comes from elsewhere.
    func preflight(_ request: Request) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
            let origin = request.headers[.origin], contains(origin)
        else { return nil }
        var response = Response(status: .noContent)
        response.headers[.accessControlAllowMethods] = "POST"
        response.headers[.accessControlAllowHeaders] =
            request.headers[.accessControlRequestHeaders] ?? "Content-Type, Content-Encoding, Authorization"
        response.headers[.accessControlMaxAge] = "7200"
        allow(request, &response)
        return response
    }

    /// Lets the page that sent a request read the answer.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - response: The answer.
    func allow(_ request: Request, _ response: inout Response) {
        guard !patterns.isEmpty else { return }
        // A cache must not give one origin's answer to another.
        response.headers[.vary] = "Origin"
        guard let origin = request.headers[.origin], contains(origin) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        if let resourcePolicy = HTTPField.Name("Cross-Origin-Resource-Policy") {
            response.headers[resourcePolicy] = "cross-origin"
        }
    }

    private static func matches(_ pattern: Substring, _ text: Substring) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == "*" {
            let rest = pattern.dropFirst()
            var tail = text
            while true {
                if matches(rest, tail) { return true }
                guard let character = tail.popFirst(), character != "/" else { return false }
            }
        }
        return text.first == first && matches(pattern.dropFirst(), text.dropFirst())
    }
}
