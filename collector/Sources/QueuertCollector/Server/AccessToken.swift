/// What everybody must know who sends or reads.
struct AccessToken: Sendable {
    /// The token.
    let text: String

    /// Says whether a text is the token, in a time that tells nothing of where the two differ.
    ///
    /// - Parameter given: The text.
    /// - Returns: Whether it is the token.
    func matches(_ given: String) -> Bool {
        let (known, given) = (Array(text.utf8), Array(given.utf8))
        guard known.count == given.count else { return false }
        return zip(known, given).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// Says whether the value of an `Authorization` header holds the token; `nil` if it isn't about tokens.
    ///
    /// - Parameter header: The value; `nil` if there is no such header.
    /// - Returns: Whether it holds the token.
    func matches(authorization header: String?) -> Bool? {
        guard let header, header.lowercased().hasPrefix("bearer ") else { return nil }
        return matches(String(header.dropFirst(7)))
    }
}
