import Queuert
import Testing

@Suite("Cron expressions") struct CronExpressionTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var expression: String
        var after = "2026-01-01T00:00:00Z"
        var expected: [String]
        var testDescription: String { expression }
    }

    @Test(
        "are true at their moments",
        arguments: [
            Example(expression: "*/20 * * * *", expected: ["2026-01-01T00:20:00Z", "2026-01-01T00:40:00Z"]),
            Example(expression: "5/25 10 * * *", expected: ["2026-01-01T10:05:00Z", "2026-01-01T10:30:00Z"]),
            Example(expression: "10-50/20 9,17 * * *", expected: ["09:10", "09:30", "09:50", "17:10"].map(newYear)),
            Example(expression: "  0\t3  * * * ", expected: ["2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z"]),
            Example(expression: "59 23 31 12 *", expected: ["2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"]),
            Example(expression: "0 0 31 * *", expected: days("2026-01-31", "2026-03-31", "2026-05-31")),
            Example(expression: "0 0 29 2 *", expected: days("2028-02-29", "2032-02-29")),
            Example(
                expression: "0 0 29 2 *", after: "2096-03-01T00:00:00Z", expected: days("2104-02-29", "2108-02-29")),
            Example(expression: "0 0 L * *", expected: days("2026-01-31", "2026-02-28", "2026-03-31")),
            Example(expression: "0 0 l 2 *", after: "2027-12-31T00:00:00Z", expected: days("2028-02-29")),
            Example(expression: "0 0 15,L * ?", expected: days("2026-01-15", "2026-01-31", "2026-02-15")),
            Example(expression: "0 0 * * MON", expected: days("2026-01-05", "2026-01-12")),
            Example(expression: "0 0 * * 7", expected: days("2026-01-04", "2026-01-11")),
            Example(expression: "0 0 * * 0", expected: days("2026-01-04", "2026-01-11")),
            Example(
                expression: "0 0 ? * fri-sun", expected: days("2026-01-02", "2026-01-03", "2026-01-04", "2026-01-09")),
            Example(expression: "0 0 * * 5-7", expected: days("2026-01-02", "2026-01-03", "2026-01-04", "2026-01-09")),
            Example(
                expression: "0 0 * * SUN-TUE", expected: days("2026-01-04", "2026-01-05", "2026-01-06", "2026-01-11")),
            Example(expression: "0 0 * * 1-5/2", expected: days("2026-01-02", "2026-01-05", "2026-01-07")),
            Example(expression: "0 0 * * MON#2", expected: days("2026-01-12", "2026-02-09")),
            Example(expression: "0 0 * * 7#1", expected: days("2026-01-04", "2026-02-01")),
            Example(expression: "0 0 * * TUE#5", expected: days("2026-03-31", "2026-06-30")),
            Example(expression: "0 0 * * 5L", expected: days("2026-01-30", "2026-02-27")),
            Example(expression: "0 0 * * sunl,3#1", expected: days("2026-01-07", "2026-01-25", "2026-02-04")),
            Example(
                expression: "0 0 * Feb,NOV *", after: "2026-02-27T00:00:00Z", expected: days("2026-02-28", "2026-11-01")
            ),
            Example(expression: "0 0 1 */6 *", expected: days("2026-07-01", "2027-01-01")),
            Example(expression: "@hourly", expected: ["2026-01-01T01:00:00Z"]),
            Example(expression: "@daily", expected: days("2026-01-02")),
            Example(expression: "@midnight", expected: days("2026-01-02")),
            Example(expression: "@Weekly", expected: days("2026-01-04")),
            Example(expression: "@monthly", expected: days("2026-02-01")),
            Example(expression: "@yearly", expected: days("2027-01-01")),
            Example(expression: "@annually", expected: days("2027-01-01")),
            Example(expression: "*/30 * * * * *", expected: ["2026-01-01T00:00:30Z", "2026-01-01T00:01:00Z"]),
            Example(expression: "7 59 23 31 12 *", expected: ["2026-12-31T23:59:07Z"]),
        ])
    func trueAtMoments(_ example: Example) throws {
        let rule = try Recurrence.cron(example.expression)
        #expect(try rule.next(example.expected.count, after: example.after) == example.expected)
    }

    @Test("need one of day of month and day of week, unless one of them begins with a star")
    func eitherDay() throws {
        let friday13 = try Recurrence.cron("0 0 13 * FRI")
        #expect(
            try friday13.next(4, after: "2026-01-08T00:00:00Z")
                == Self.days("2026-01-09", "2026-01-13", "2026-01-16", "2026-01-23"))
        let oddMondays = try Recurrence.cron("0 0 */2 * MON")
        #expect(
            try oddMondays.next(3, after: "2026-01-01T00:00:00Z") == Self.days("2026-01-05", "2026-01-19", "2026-02-09")
        )
    }

    @Test("have moments of whole seconds, later than the one that is asked for")
    func strictlyLater() throws {
        let rule = try Recurrence.cron("* * * * * *")
        let start = try moment("2026-01-01T00:00:00Z")
        #expect(rule.next(after: start) - start == .seconds(1))
        #expect(rule.next(after: start + .microseconds(1)) - start == .seconds(1))
        #expect(rule.next(after: start + .microseconds(-1)) == start)
        let before = Timestamp(microseconds: -1)
        #expect(rule.next(after: before) == Timestamp(microseconds: 0))
    }

    @Test("reach as far as the years do, and never fail")
    func extremes() throws {
        for text in ["* * * * *", "0 3 29 2 MON#5"] {
            let rule = try Recurrence.cron(text, timeZone: "Europe/Berlin")
            #expect(rule.next(after: Timestamp(microseconds: .min)) > Timestamp(microseconds: .min))
            #expect(rule.next(after: Timestamp(microseconds: .max)) == Timestamp(microseconds: .max))
            let late = try moment("9999-12-31T23:59:59Z")
            #expect(rule.next(after: late) > late)
        }
    }

    @Test("read as they were written, with single spaces")
    func description() throws {
        #expect(try CronExpression(" 0  3 * *\tMon ").description == "0 3 * * Mon")
        #expect(try CronExpression("@daily").description == "@daily")
    }

    private static func newYear(_ time: String) -> String { "2026-01-01T\(time):00Z" }
    private static func days(_ days: String...) -> [String] { days.map { $0 + "T00:00:00Z" } }
}
