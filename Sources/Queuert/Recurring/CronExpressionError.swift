/// A text that is no cron expression, or one that is never true.
public struct CronExpressionError: RedactedError, Sendable, Hashable {
    /// What is wrong with the text.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case wrongNumberOfFields, unknownMacro, invalidValue, valueOutOfRange, reversedRange, invalidStep, neverTrue
        }
        private let base: Base
        /// The text has neither five fields nor six.
        public static let wrongNumberOfFields = Self(base: .wrongNumberOfFields)
        /// The text begins with `@`, but is none of the names that are known.
        public static let unknownMacro = Self(base: .unknownMacro)
        /// A part of a field is nothing that the field knows.
        public static let invalidValue = Self(base: .invalidValue)
        /// A number is too small or too big for its field.
        public static let valueOutOfRange = Self(base: .valueOutOfRange)
        /// A range ends before it begins.
        public static let reversedRange = Self(base: .reversedRange)
        /// A step is zero, or longer than its field, so that it would not do what it seems to.
        public static let invalidStep = Self(base: .invalidStep)
        /// No day is ever as the expression demands, as with the 30th of February.
        public static let neverTrue = Self(base: .neverTrue)
        /// A word for logs.
        public var description: String { base.rawValue }
    }

    /// What is wrong with the text.
    public let code: Code
    /// The field that is wrong; `nil` if it is the whole text.
    public let field: CronExpression.Field?
    /// The part of the text that is wrong.
    public let text: String

    /// What would be right, and what to do.
    public var hint: String {
        switch code {
        case .wrongNumberOfFields:
            "Write five fields (minute, hour, day of month, month, day of week), or six with the seconds first."
        case .unknownMacro: "Known are @hourly, @daily, @midnight, @weekly, @monthly, @yearly and @annually."
        case .reversedRange: "Write the smaller value first, and what goes past the end as a list: 22-23,0-2."
        case .invalidStep:
            "A step is at least 1 and shorter than its field. For other intervals use `Recurrence.every`."
        case .neverTrue: "Check the day of month against the months."
        default: field.map { "Allowed are \($0.allowed)." } ?? "Check the expression."
        }
    }
}

extension CronExpressionError: CustomDebugStringConvertible {
    /// Safe to show: names the field and what is allowed, but not the text.
    public var description: String {
        "CronExpressionError(\(code)\(field.map { ", \($0)" } ?? "")). \(hint)"
    }
    /// Everything, for developers.
    public var debugDescription: String { "\(description) [\(text)]" }
}
