/// Moments as PostgreSQL writes and counts them.
enum PostgresTime {
    /// From 1970, where others begin to count, to 2000, where PostgreSQL does.
    static let epoch: Int64 = 946_684_800_000_000

    /// A moment in the form in which PostgreSQL reads it in any time zone and date style.
    static func text(microseconds: Int64) -> String {
        let (days, rest) = microseconds.flooredDivision(by: 86_400_000_000)
        let (year, month, day) = civil(days: days)
        let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000)
        let date = "\(padded(year > 0 ? year : 1 - year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let time = "\(padded(seconds / 3_600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
        return "\(date) \(time).\(padded(fraction, 6))+00\(year > 0 ? "" : " BC")"
    }

    /// The moment of a text in the ISO style, in microseconds since 1970; `nil` if it is something else, or too far away.
    static func microseconds(_ text: some StringProtocol) -> Int64? {
        var parser = TimeParser(text)
        return parser.moment()
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// The date of a day since 1970 in the Gregorian calendar (Howard Hinnant's algorithm, counted from March).
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).flooredDivision(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        return (yearOfEra + era * 400 + (month >= 10 ? 1 : 0), month < 10 ? month + 3 : month - 9, day)
    }

    static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let (era, yearOfEra) = (month > 2 ? year : year - 1).flooredDivision(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

/// Reads `2030-01-02 03:04:05.678901+00`, with or without the parts behind the date.
private struct TimeParser {
    private var rest: [UInt8]
    private var next = 0

    init(_ text: some StringProtocol) { rest = Array(text.utf8) }

    mutating func moment() -> Int64? {
        guard var year = number(), take("-"), let month = number(), take("-"), let day = number() else { return nil }
        var microseconds: Int64 = 0
        if !isBeforeChrist, take(" ") || take("T") {
            guard let hours = number(), take(":"), let minutes = number() else { return nil }
            var seconds: Int64 = 0
            if take(":") {
                guard let whole = number() else { return nil }
                seconds = whole
                if take(".") { microseconds = fraction() }
            }
            microseconds += ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
            let east = take("+")
            if east || take("-") {
                guard let hours = number() else { return nil }
                var offset = hours * 3_600
                if take(":"), let minutes = number() { offset += minutes * 60 }
                if take(":"), let seconds = number() { offset += seconds }
                microseconds -= (east ? offset : -offset) * 1_000_000
            }
        }
        if isBeforeChrist {
            year = 1 - year
            next = rest.count
        }
        guard next == rest.count else { return nil }
        // PostgreSQL has years up to 5874897.
        let (midnight, isTooFar) = PostgresTime.days(year: year, month: month, day: day)
            .multipliedReportingOverflow(by: 86_400_000_000)
        let (moment, isFurther) = midnight.addingReportingOverflow(microseconds)
        return isTooFar || isFurther ? nil : moment
    }

    private var isBeforeChrist: Bool { rest[next...].elementsEqual(" BC".utf8) }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next < rest.count, rest[next] == UInt8(ascii: character) else { return false }
        next += 1
        return true
    }

    private mutating func number() -> Int64? {
        let start = next
        var value: Int64 = 0
        while next < rest.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = rest[next], next - start < 9 {
            value = value * 10 + Int64(rest[next] - UInt8(ascii: "0"))
            next += 1
        }
        return next == start ? nil : value
    }

    private mutating func fraction() -> Int64 {
        var (value, digits): (Int64, Int) = (0, 0)
        while next < rest.count, case UInt8(ascii: "0")...UInt8(ascii: "9") = rest[next] {
            if digits < 6 { value = value * 10 + Int64(rest[next] - UInt8(ascii: "0")) }
            digits += 1
            next += 1
        }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }
}

extension Int64 {
    /// The quotient, rounded down, and the rest, which is never negative.
    func flooredDivision(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
