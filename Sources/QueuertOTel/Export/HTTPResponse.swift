/// The answer to a request, its body within the limit.
struct HTTPResponse: Equatable, Sendable {
    var status: Int
    /// By name in lower case; of a header that is repeated, the last.
    var headers: [String: String] = [:]
    var body: [UInt8] = []

    /// The media type without its parameters, in lower case; `nil` if the answer doesn't say.
    var mediaType: String? {
        headers["content-type"]?.split(separator: ";").first.map { HTTPText.trimmed($0).lowercased() }
    }
}
