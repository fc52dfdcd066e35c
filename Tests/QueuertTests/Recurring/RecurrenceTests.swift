import Foundation
import Testing

@testable import Queuert

@Suite("Recurrences") struct RecurrenceTests {
    @Test("by interval are counted from their anchor, in both directions")
    func intervals() throws {
        let hourly = try Recurrence.every(.seconds(3_600))
        #expect(try hourly.next(2, after: "2026-01-01T00:30:00Z") == ["2026-01-01T01:00:00Z", "2026-01-01T02:00:00Z"])
        let anchored = try Recurrence.every(.seconds(5_400), from: moment("2026-01-01T00:15:00Z"))
        #expect(
            try anchored.next(3, after: "2025-12-31T21:15:00Z")
                == ["2025-12-31T22:45:00Z", "2026-01-01T00:15:00Z", "2026-01-01T01:45:00Z"])
        #expect(hourly.next(after: Timestamp(microseconds: .min)) > Timestamp(microseconds: .min))
        #expect(hourly.next(after: Timestamp(microseconds: .max)) == Timestamp(microseconds: .max))
    }

    @Test(
        "by interval are refused when that is too short", arguments: [Duration.zero, .seconds(-1), .microseconds(999)])
    func intervalTooShort(_ interval: Duration) throws {
        let error = try #require(throws: InvalidIntervalError.self) { try Recurrence.every(interval) }
        #expect(error.interval == interval)
    }

    @Test("know their last occurrence, however many there are, and whether there is one")
    func last() throws {
        let everySecond = try Recurrence.cron("* * * * * *")
        let start = try moment("2025-01-01T00:00:00Z")
        let end = try moment("2026-01-01T00:00:00Z")
        #expect(everySecond.last(upTo: end, after: start) == end)
        #expect(everySecond.last(upTo: start, after: start) == nil)
        #expect(try Recurrence.cron("0 0 29 2 *").last(upTo: end, after: start) == nil)
        let milliseconds = try Recurrence.every(.milliseconds(1))
        #expect(milliseconds.last(upTo: end, after: start) == end)
        #expect(milliseconds.last(upTo: end, after: Timestamp(microseconds: .min)) == end)
    }

    @Test("come back as they were stored")
    func stored() throws {
        let rules = [
            try Recurrence.cron("0 3 * * MON#2", timeZone: "Europe/Berlin"), try .cron("@daily"),
            try .every(.seconds(90)), try .every(.milliseconds(1), from: moment("2026-01-01T00:00:00Z")),
        ]
        for rule in rules {
            let text = try JSONEncoder().encode(rule)
            #expect(try JSONDecoder().decode(Recurrence.self, from: text) == rule)
        }
        for (text, name) in [
            (#"{"cron":"0 0 30 2 *","timeZone":"UTC"}"#, "CronExpressionError"),
            (#"{"cron":"@daily","timeZone":"Mars"}"#, "UnknownTimeZoneError"),
            (#"{"everyMicroseconds":0,"fromMicroseconds":0}"#, "InvalidIntervalError"),
            (#"{}"#, "DecodingError"),
        ] {
            let error = try #require(throws: (any Error).self) {
                try JSONDecoder().decode(Recurrence.self, from: Data(text.utf8))
            }
            #expect(errorTypeName(error) == name)
        }
    }

    @Test("read as a rule that one would write")
    func description() throws {
        #expect(try Recurrence.cron("0 3 * * *", timeZone: "Europe/Berlin").description == "0 3 * * * (Europe/Berlin)")
        #expect(try Recurrence.every(.seconds(90)).description == "every 90.0 seconds")
    }
}

@Suite("Missed runs") struct MissedRunsTests {
    private func occurrences(_ policy: MissedRuns, from due: String, upTo now: String) throws -> [String] {
        policy.occurrences(from: try moment(due), upTo: try moment(now), by: try .cron("@hourly")).map(\.text)
    }

    @Test("that are on time run under each policy", arguments: [MissedRuns.skip, .once, .all(limit: 3)])
    func onTime(_ policy: MissedRuns) throws {
        #expect(
            try occurrences(policy, from: "2026-01-01T03:00:00Z", upTo: "2026-01-01T03:00:00Z") == [
                "2026-01-01T03:00:00Z"
            ])
        #expect(
            try occurrences(policy, from: "2026-01-01T03:00:00Z", upTo: "2026-01-01T03:01:00Z") == [
                "2026-01-01T03:00:00Z"
            ])
    }

    @Test("are left out, run once or run one by one")
    func missed() throws {
        let due = "2026-01-01T03:00:00Z"
        #expect(try occurrences(.skip, from: due, upTo: "2026-01-01T03:01:01Z") == [])
        #expect(try occurrences(.skip, from: due, upTo: "2026-01-01T06:30:00Z") == [])
        #expect(try occurrences(.skip, from: due, upTo: "2026-01-01T06:00:30Z") == ["2026-01-01T06:00:00Z"])
        #expect(
            try occurrences(.skip(olderThan: .seconds(1_800)), from: due, upTo: "2026-01-01T06:30:00Z")
                == ["2026-01-01T06:00:00Z"])
        #expect(try occurrences(.once, from: due, upTo: "2026-01-01T06:30:00Z") == ["2026-01-01T06:00:00Z"])
        let all = ["2026-01-01T03:00:00Z", "2026-01-01T04:00:00Z", "2026-01-01T05:00:00Z", "2026-01-01T06:00:00Z"]
        #expect(try occurrences(.all(limit: 100), from: due, upTo: "2026-01-01T06:30:00Z") == all)
        #expect(try occurrences(.all(limit: 4), from: due, upTo: "2026-01-01T06:30:00Z") == all)
        #expect(try occurrences(.all(limit: 2), from: due, upTo: "2026-01-01T06:30:00Z") == Array(all.suffix(2)))
        #expect(try occurrences(.all(limit: 0), from: due, upTo: "2026-01-01T06:30:00Z") == Array(all.suffix(1)))
    }
}
