/// An address that spans can't be posted to.
public struct OTLPEndpointError: Error, Hashable, Sendable {
    /// What is wrong with an address.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String { case malformed, unsupportedScheme }
        private let base: Base
        /// The text isn't an address.
        public static let malformed = Self(base: .malformed)
        /// The address has no scheme, or one that isn't `http` or `https`.
        public static let unsupportedScheme = Self(base: .unsupportedScheme)
        /// A word for logs.
        public var description: String { base.rawValue }
    }

    /// What is wrong.
    public let code: Code

    /// What is wrong, in a sentence.
    ///
    /// It doesn't hold the address, which may hold a password.
    public var sentence: String {
        code == .malformed
            ? "The endpoint isn't an address." : "The endpoint's address doesn't begin with http:// or https://."
    }

    /// What to do.
    public var hint: String { "Write it like http://localhost:4318." }
}

extension OTLPEndpointError: CustomStringConvertible {
    /// What is wrong and what to do.
    public var description: String { "\(sentence) \(hint)" }
}
