/// What a field of a cron expression says.
struct CronFieldValues {
    var numbers = SmallSet()
    /// Whether the last day of the month is meant: `L`.
    var includesLastDay = false
    /// As in ``CronDays/nthWeekdays``: `MON#2`.
    var nthWeekdays = SmallSet()
    /// As in ``CronDays/lastWeekdays``: `5L`.
    var lastWeekdays = SmallSet()
    /// Whether the field restricts nothing by itself: it begins with `*`, or is `?`.
    var beginsWithStar = false
}

/// Reads one field of a cron expression.
struct CronFieldParser {
    let field: CronExpression.Field

    func parse(_ text: Substring) throws(CronExpressionError) -> CronFieldValues {
        var values = CronFieldValues()
        values.beginsWithStar = text.hasPrefix("*")
        if text == "?", field == .dayOfMonth || field == .dayOfWeek {
            values.numbers = SmallSet(field.all)
            values.beginsWithStar = true
            return values
        }
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            try parse(item: item, into: &values)
        }
        return values
    }

    private func parse(item: Substring, into values: inout CronFieldValues) throws(CronExpressionError) {
        if field == .dayOfMonth, item == "L" || item == "l" {
            values.includesLastDay = true
        } else if field == .dayOfWeek, let mark = item.firstIndex(of: "#") {
            let weekday = try number(item[..<mark], of: item) % 7
            guard let count = Int(digits: item[item.index(after: mark)...]) else { throw error(.invalidValue, item) }
            guard (1...5).contains(count) else { throw error(.valueOutOfRange, item) }
            values.nthWeekdays.insert((count - 1) * 7 + weekday)
        } else if field == .dayOfWeek, item.count > 1, item.hasSuffix("L") || item.hasSuffix("l") {
            values.lastWeekdays.insert(try number(item.dropLast(), of: item) % 7)
        } else {
            values.numbers.formUnion(try numbers(of: item))
        }
    }

    /// The numbers of `*`, `3`, `1-5`, each with a step or without.
    private func numbers(of item: Substring) throws(CronExpressionError) -> SmallSet {
        let parts = item.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let range = try range(of: parts[0], hasStep: parts.count == 2, item: item)
        guard parts.count == 2 else { return SmallSet(range.map { normalized($0) }) }
        guard let step = Int(digits: parts[1]) else { throw error(.invalidValue, item) }
        guard step > 0, step < field.all.count else { throw error(.invalidStep, item) }
        return SmallSet(stride(from: range.lowerBound, through: range.upperBound, by: step).map { normalized($0) })
    }

    private func range(
        of text: Substring, hasStep: Bool, item: Substring
    ) throws(CronExpressionError) -> ClosedRange<Int> {
        if text == "*" { return field.all }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        var lower = try number(ends[0], of: item)
        guard ends.count == 2 else {
            // A step without an end goes on to the end of the field.
            if hasStep { return normalized(lower)...field.all.upperBound }
            return lower...lower
        }
        var upper = try number(ends[1], of: item)
        if field == .dayOfWeek {
            // Sunday is both ends of the week: SUN-TUE, FRI-SUN.
            if lower == 7, upper < 7 { lower = 0 }
            if upper == 0, lower > 0 { upper = 7 }
        }
        guard lower <= upper else { throw error(.reversedRange, item) }
        return lower...upper
    }

    /// A number or a name.
    private func number(_ text: Substring, of item: Substring) throws(CronExpressionError) -> Int {
        if let index = field.names.firstIndex(of: text.uppercased()) { return field.bounds.lowerBound + index }
        guard let number = Int(digits: text) else { throw error(.invalidValue, item) }
        guard field.bounds.contains(number) else { throw error(.valueOutOfRange, item) }
        return number
    }

    private func normalized(_ number: Int) -> Int { field == .dayOfWeek ? number % 7 : number }

    private func error(_ code: CronExpressionError.Code, _ text: Substring) -> CronExpressionError {
        CronExpressionError(code: code, field: field, text: String(text))
    }
}

extension Int {
    /// Reads digits, and nothing that `Int` knows besides them, such as a sign.
    fileprivate init?(digits: Substring) {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
        // What is too long for a number is out of range like any other number that is too big.
        self = Int(digits) ?? .max
    }
}
