/// Spans that can't be read.
public struct TraceSourceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String { case missing, unreachable, refused, malformed, truncated }
        private let base: Base
        /// There is no such file, trace or chain, or not yet.
        public static let missing = Self(base: .missing)
        /// The file or the collector can't be reached.
        public static let unreachable = Self(base: .unreachable)
        /// The collector gave no spans.
        public static let refused = Self(base: .refused)
        /// What was read isn't OTLP in JSON.
        public static let malformed = Self(base: .malformed)
        /// There are more spans than the collector tells at once, so what is missing may only be left out.
        public static let truncated = Self(base: .truncated)
        /// A word for logs.
        public var description: String { base.rawValue }
    }

    /// What went wrong.
    public let code: Code
    /// What went wrong, in a sentence.
    public let message: String
    /// What to do about it.
    public let hint: String

    /// Whether it may be otherwise in a moment.
    var mayPass: Bool { code == .missing || code == .unreachable }

    /// The sentence and the hint.
    public var description: String { "TraceSourceError(\(code)): \(message) \(hint)" }
}
