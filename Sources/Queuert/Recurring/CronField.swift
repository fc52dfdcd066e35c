extension CronExpression {
    /// A field of a cron expression.
    public enum Field: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
        /// The seconds, from 0 to 59; only in expressions of six fields.
        case second
        /// The minutes, from 0 to 59.
        case minute
        /// The hours, from 0 to 23.
        case hour
        /// The days of the month, from 1 to 31.
        case dayOfMonth
        /// The months, from 1 to 12 or by name.
        case month
        /// The days of the week, from 0 or 7 for Sunday, or by name.
        case dayOfWeek

        /// The field in words.
        public var description: String {
            switch self {
            case .dayOfMonth: "day of month"
            case .dayOfWeek: "day of week"
            default: rawValue
            }
        }

        /// What may stand in the field, in words.
        public var allowed: String {
            let values =
                switch self {
                case .second, .minute: "0 to 59"
                case .hour: "0 to 23"
                case .dayOfMonth: "1 to 31, L for the last day"
                case .month: "1 to 12, JAN to DEC"
                case .dayOfWeek:
                    "0 to 7 (0 and 7 are Sunday), SUN to SAT, MON#2 for the second Monday, 5L for the last Friday"
                }
            return values + "; lists (1,2), ranges (1-5), steps (*/2, 1-9/2) and *"
                + (self == .dayOfMonth || self == .dayOfWeek ? " or ?" : "")
        }

        /// The numbers that may be written.
        var bounds: ClosedRange<Int> {
            switch self {
            case .second, .minute: 0...59
            case .hour: 0...23
            case .dayOfMonth: 1...31
            case .month: 1...12
            case .dayOfWeek: 0...7
            }
        }

        /// The numbers that `*` stands for.
        var all: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : bounds }

        /// The names of the field's numbers, from the first one on.
        var names: [String] {
            switch self {
            case .month: ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
            case .dayOfWeek: ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]
            default: []
            }
        }
    }
}
