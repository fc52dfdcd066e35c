/// Traces that are not as expected.
///
/// The description is all that one needs to see: what differs first, a drawing of what was expected and what was recorded,
/// and which spans are still open.
public struct TraceMismatch: Error, Sendable, CustomStringConvertible {
    /// What kind of difference it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String { case differs, spansOpen, invariantsBroken }
        private let base: Base
        /// The spans are not those that were expected.
        public static let differs = Self(base: .differs)
        /// The spans are those that were expected, but others are still open.
        public static let spansOpen = Self(base: .spansOpen)
        /// What must hold for all traces doesn't.
        public static let invariantsBroken = Self(base: .invariantsBroken)
        /// A word for logs.
        public var description: String { base.rawValue }
    }

    /// What kind of difference it is.
    public let code: Code
    /// What is wrong, in a sentence.
    public let summary: String
    /// What differs, over several lines.
    public let details: String
    /// What to do about it.
    public let hint: String

    /// The whole story.
    public var description: String { [summary, details, hint].filter { !$0.isEmpty }.joined(separator: "\n\n") }
}
