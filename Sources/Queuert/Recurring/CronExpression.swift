/// A cron expression: which moments a clock on the wall must show.
///
/// Five fields, or six with the seconds first: minute, hour, day of month, month and day of week. A field holds values,
/// ranges (`1-5`), steps (`*/15`, `10-50/20`, `5/10`), lists of those, or `*`. Months and days of the week have names
/// (`JAN`, `MON`), and Sunday is 0 or 7. The day of month may be `L`, the last one; the day of week `MON#2`, the second
/// Monday, or `5L`, the last Friday. For both `?` is `*`.
///
/// If neither day of month nor day of week begins with `*`, it is enough that one of them is so: `0 0 13 * FRI` is each 13th
/// and each Friday. Else both must be.
///
/// `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` stand for the usual expressions.
public struct CronExpression: Sendable, Hashable, CustomStringConvertible {
    /// The expression as it was written, with single spaces.
    public let description: String
    let days: CronDays
    let times: CronTimes

    /// Reads an expression.
    ///
    /// - Parameter text: The expression. Names may be written in small letters.
    /// - Throws: ``CronExpressionError``, which names the field, the part of it, and what is allowed.
    public init(_ text: String) throws(CronExpressionError) {
        let words = text.split { $0 == " " || $0 == "\t" }
        description = words.joined(separator: " ")
        let fields = try Self.fields(of: words, text: text)
        let second = try CronFieldParser(field: .second).parse(fields.count == 6 ? fields[0] : "0")
        let rest = fields.suffix(5)
        func field(_ field: Field, at offset: Int) throws(CronExpressionError) -> CronFieldValues {
            try CronFieldParser(field: field).parse(rest[rest.startIndex + offset])
        }
        times = CronTimes(
            seconds: second.numbers, minutes: try field(.minute, at: 0).numbers,
            hours: try field(.hour, at: 1).numbers)
        let dayOfMonth = try field(.dayOfMonth, at: 2)
        let month = try field(.month, at: 3)
        let dayOfWeek = try field(.dayOfWeek, at: 4)
        days = CronDays(
            months: month.numbers, daysOfMonth: dayOfMonth.numbers, includesLastDayOfMonth: dayOfMonth.includesLastDay,
            weekdays: dayOfWeek.numbers, nthWeekdays: dayOfWeek.nthWeekdays, lastWeekdays: dayOfWeek.lastWeekdays,
            eitherIsEnough: !dayOfMonth.beginsWithStar && !dayOfWeek.beginsWithStar)
        if days.next(from: 0) == nil {
            throw CronExpressionError(code: .neverTrue, field: .dayOfMonth, text: description)
        }
    }

    private static let macros: [String: String] = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0",
        "@monthly": "0 0 1 * *", "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    private static func fields(of words: [Substring], text: String) throws(CronExpressionError) -> [Substring] {
        if words.count == 1, words[0].hasPrefix("@") {
            guard let macro = macros[words[0].lowercased()] else {
                throw CronExpressionError(code: .unknownMacro, field: nil, text: text)
            }
            return macro.split(separator: " ")
        }
        guard words.count == 5 || words.count == 6 else {
            throw CronExpressionError(code: .wrongNumberOfFields, field: nil, text: text)
        }
        return words
    }

    /// The first moment that the clock on the wall must show, from one on, in seconds since 1970-01-01 on that clock.
    func next(from wallTime: Int) -> Int? {
        let (day, second) = CivilDate.divided(wallTime, by: CronTimes.secondsPerDay)
        guard let first = days.next(from: day) else { return nil }
        if first == day, let time = times.next(from: second) { return day * CronTimes.secondsPerDay + time }
        // Today's times are over, or it isn't today.
        guard let later = first > day ? first : days.next(from: day + 1) else { return nil }
        return times.first.map { later * CronTimes.secondsPerDay + $0 }
    }
}
