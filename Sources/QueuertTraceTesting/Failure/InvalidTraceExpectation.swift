/// An expectation that no telemetry could be compared with.
public struct InvalidTraceExpectation: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with an expectation.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case duplicateReference, unknownReference, repeatedReference, comparisonOutsideSpan, ambiguous
        }
        private let base: Base
        /// Two spans were given the same name.
        public static let duplicateReference = Self(base: .duplicateReference)
        /// A link or a time refers to a name that no span was given.
        public static let unknownReference = Self(base: .unknownReference)
        /// A span that is repeated refers to one that is repeated apart from it.
        public static let repeatedReference = Self(base: .repeatedReference)
        /// An attribute of an event, a point or a log record is to be compared with others, which only those of spans are.
        public static let comparisonOutsideSpan = Self(base: .comparisonOutsideSpan)
        /// There are too many ways in which the spans may be meant to try them all.
        public static let ambiguous = Self(base: .ambiguous)
        /// A word for logs.
        public var description: String { base.rawValue }
    }

    /// What is wrong.
    public let code: Code
    /// What is wrong, in a sentence.
    public let message: String
    /// What to do about it.
    public let hint: String

    /// The sentence and the hint.
    public var description: String { "InvalidTraceExpectation(\(code)): \(message) \(hint)" }
}
