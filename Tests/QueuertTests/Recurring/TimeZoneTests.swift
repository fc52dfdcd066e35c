import Foundation
import Queuert
import Testing

@Suite("Cron expressions where clocks are put forward and back") struct TimeZoneTests {
    struct Example: Sendable, CustomTestStringConvertible {
        var expression: String
        var zone: String
        var after: String
        var expected: [String]
        var testDescription: String { "\(expression) in \(zone)" }

        init(_ expression: String, _ zone: String, after: String, _ expected: [String]) {
            self.expression = expression
            self.zone = zone
            self.after = after
            self.expected = expected
        }
    }

    @Test(
        "are true as the rule says",
        arguments: [
            // 02:00 to 03:00 is skipped on the 29th of March: at its end, once.
            Example(
                "30 2 * * *", "Europe/Berlin", after: "2026-03-28T00:00:00Z",
                ["2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"]),
            Example(
                "*/15 2,3 * * *", "Europe/Berlin", after: "2026-03-28T22:00:00Z",
                ["2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"]),
            // 02:00 to 03:00 comes twice on the 25th of October: the first counts.
            Example(
                "30 2 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z",
                ["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"]),
            Example(
                "*/30 2-3 * * *", "Europe/Berlin", after: "2026-10-24T12:00:00Z",
                ["00:00", "00:30", "02:00", "02:30"].map { "2026-10-25T\($0):00Z" } + ["2026-10-26T01:00:00Z"]),
            // From within the second time: the wall time has been.
            Example("30 2 * * *", "Europe/Berlin", after: "2026-10-25T01:10:00Z", ["2026-10-26T01:30:00Z"]),
            // Every hour goes by the time that passes.
            Example(
                "30 * * * *", "Europe/Berlin", after: "2026-10-24T23:00:00Z",
                ["2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:30:00Z"]),
            Example(
                "30 * * * *", "Europe/Berlin", after: "2026-03-29T00:00:00Z",
                ["2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:30:00Z"]),
            Example(
                "30 2 * * *", "America/New_York", after: "2026-03-07T12:00:00Z",
                ["2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z"]),
            Example(
                "30 1 * * *", "America/New_York", after: "2026-10-31T12:00:00Z",
                ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"]),
            // Half an hour: 02:00 to 02:30 is skipped on the 4th of October, 01:30 to 02:00 came twice on the 5th of April.
            Example(
                "15 2 * * *", "Australia/Lord_Howe", after: "2026-10-03T00:00:00Z",
                ["2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"]),
            Example(
                "45 1 * * *", "Australia/Lord_Howe", after: "2026-04-04T00:00:00Z",
                ["2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"]),
            // The 30th of December 2011 is skipped as a whole.
            Example(
                "0 9 * * *", "Pacific/Apia", after: "2011-12-29T00:00:00Z",
                ["2011-12-29T19:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T19:00:00Z"]),
            Example(
                "0 12 30 * *", "Pacific/Apia", after: "2011-12-01T00:00:00Z",
                ["2011-12-30T10:00:00Z", "2012-01-29T22:00:00Z"]),
            Example(
                "0 */12 * * *", "Pacific/Apia", after: "2011-12-29T12:00:00Z",
                ["2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"]),
            Example(
                "0 * * * *", "Pacific/Apia", after: "2011-12-30T08:30:00Z",
                ["2011-12-30T09:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T11:00:00Z"]),
            // Midnight is skipped on the 4th of November 2018, and 23:00 to 24:00 came twice on the 17th of February.
            Example(
                "@daily", "America/Sao_Paulo", after: "2018-11-03T12:00:00Z",
                ["2018-11-04T03:00:00Z", "2018-11-05T02:00:00Z"]),
            Example(
                "30 23 * * *", "America/Sao_Paulo", after: "2018-02-17T12:00:00Z",
                ["2018-02-18T01:30:00Z", "2018-02-19T02:30:00Z"]),
            Example("0 12 * * *", "Asia/Kolkata", after: "2026-01-01T00:00:00Z", ["2026-01-01T06:30:00Z"]),
            Example("0 12 * * *", "UTC", after: "2026-01-01T00:00:00Z", ["2026-01-01T12:00:00Z"]),
        ])
    func trueAtMoments(_ example: Example) throws {
        let rule = try Recurrence.cron(example.expression, timeZone: example.zone)
        #expect(try rule.next(example.expected.count, after: example.after) == example.expected)
    }

    @Test("know the zone, or say that they don't", arguments: ["Mars/Olympus", "", "europe/berlin", "../etc/passwd"])
    func unknownZone(_ identifier: String) throws {
        let error = try #require(throws: UnknownTimeZoneError.self) {
            try Recurrence.cron("@daily", timeZone: identifier)
        }
        #expect(error.identifier == identifier)
        #expect(error.debugDescription.contains("[\(identifier)]"))
    }

    @Test("find what is decades away")
    func farAway() throws {
        // A leap day on a Saturday or Sunday; 2100 has no leap day.
        let rule = try Recurrence.cron("0 0 29 2 */6", timeZone: "Europe/Berlin")
        #expect(try rule.next(1, after: "2088-03-01T00:00:00Z") == ["2116-02-28T23:00:00Z"])
    }
}
