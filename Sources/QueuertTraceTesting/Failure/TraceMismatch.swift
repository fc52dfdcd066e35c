/// Telemetry that is not as expected: traces, metrics or log records.
///
/// The description is all that one needs to see: what differs first, a drawing of what was expected and what was recorded,
/// which spans are still open, and where the recorded spans are, to be looked at in a collector.
public struct TraceMismatch: Error, Sendable, CustomStringConvertible {
    /// What kind of difference it is.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String { case differs, spansOpen, invariantsBroken, goldenMissing }
        private let base: Base
        /// What was recorded is not what was expected.
        public static let differs = Self(base: .differs)
        /// The spans are those that were expected, but others are still open.
        public static let spansOpen = Self(base: .spansOpen)
        /// What must hold for all telemetry doesn't.
        public static let invariantsBroken = Self(base: .invariantsBroken)
        /// There is no golden file to compare with, and none may be written.
        public static let goldenMissing = Self(base: .goldenMissing)
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
    /// Where the recorded spans are, as OTLP in JSON; `nil` if they were not written.
    public internal(set) var tracesFile: String?
    /// The file of the expectation, as `#fileID` has it.
    public let fileID: StaticString
    /// The file of the expectation, as `#filePath` has it.
    public let filePath: StaticString
    /// The line of the expectation.
    public let line: UInt

    init(code: Code, summary: String, details: String, hint: String, _ place: SourcePlace) {
        self.code = code
        self.summary = summary
        self.details = details
        self.hint = hint
        fileID = place.file
        filePath = place.path
        line = place.line
    }

    /// The whole story.
    public var description: String {
        let file = tracesFile.map { "The recorded spans are in \($0), as OTLP in JSON, which a collector reads." }
        return [summary, details, hint, file ?? ""].filter { !$0.isEmpty }.joined(separator: "\n\n")
    }
}
