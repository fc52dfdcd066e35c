import Foundation
import Testing

@testable import Queuert

/// Some days on a clock, minute by minute, from Foundation's calendar.
private struct ClockDays: Sendable {
    struct Minute: Sendable {
        let moment: Timestamp
        /// In minutes since 1970-01-01 on the clock.
        let wallTime: Int
    }
    let minutes: [Minute]
    /// The days of the month, the months and the days of the week, by the number of the day.
    let dates: [Int: DateComponents]

    init(zone: String, around moment: Timestamp) throws {
        let zone = try #require(TimeZone(identifier: zone))
        let first = moment.microseconds / 60_000_000 - 2 * 1_440
        let minutes = (0..<4 * 1_440).map { index in
            let minute = first + index
            let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute * 60)))
            return Minute(
                moment: Timestamp(microseconds: minute * 60_000_000), wallTime: (Int(minute) * 60 + offset) / 60)
        }
        self.minutes = minutes
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let firstDay = minutes[0].wallTime / 1_440
        // A day more on either side, for what a clock may leave out or show again.
        dates = Dictionary(
            uniqueKeysWithValues: (firstDay - 2..<firstDay + 7).map { day in
                let date = Date(timeIntervalSince1970: Double(day) * 86_400)
                return (day, calendar.dateComponents([.day, .month, .weekday], from: date))
            })
    }
}

/// An expression whose fields are known, beside its text.
private struct NaiveCron {
    var minutes: Set<Int>, hours: Set<Int>, days: Set<Int>?, months: Set<Int>?, weekdays: Set<Int>?

    init(using generator: inout some RandomNumberGenerator) {
        func some(_ range: ClosedRange<Int>, _ count: ClosedRange<Int>) -> Set<Int> {
            Set((0..<Int.random(in: count, using: &generator)).map { _ in Int.random(in: range, using: &generator) })
        }
        func maybe(_ values: Set<Int>) -> Set<Int>? { Int.random(in: 0..<3, using: &generator) == 0 ? values : nil }
        minutes = Bool.random(using: &generator) ? some(0...59, 1...3) : Set(stride(from: 0, to: 60, by: 15))
        hours = Bool.random(using: &generator) ? Set(0...23) : some(0...4, 1...3).union(some(0...23, 1...2))
        days = maybe(some(1...31, 5...20))
        months = maybe(some(1...12, 8...12))
        weekdays = maybe(some(0...6, 1...4))
    }

    var text: String {
        func list(_ values: Set<Int>?) -> String { values.map { $0.map(String.init).joined(separator: ",") } ?? "*" }
        return [minutes, hours, days, months, weekdays].map(list).joined(separator: " ")
    }

    func isTrue(at wallTime: Int, on clock: ClockDays) -> Bool {
        guard minutes.contains(wallTime % 60), hours.contains(wallTime / 60 % 24) else { return false }
        let date = clock.dates[wallTime / 1_440]
        guard let day = date?.day, let month = date?.month, let weekday = date?.weekday else { return false }
        if let months, !months.contains(month) { return false }
        switch (days, weekdays) {
        case (let days?, let weekdays?): return days.contains(day) || weekdays.contains(weekday - 1)
        case (let days?, nil): return days.contains(day)
        case (nil, let weekdays?): return weekdays.contains(weekday - 1)
        case (nil, nil): return true
        }
    }

    /// The moments at which it is true, found by watching the clock.
    func occurrences(on clock: ClockDays) -> [Timestamp] {
        var found: [Timestamp] = []
        var shown = clock.minutes[0].wallTime - 1
        for minute in clock.minutes {
            // A clock that was put forward has left out what is between; one that was put back shows it again.
            let isNew = minute.wallTime > shown
            let leftOut = isNew ? shown + 1..<minute.wallTime : 0..<0
            let counts =
                hours.count == 24
                ? isTrue(at: minute.wallTime, on: clock)
                : isNew
                    && (leftOut.contains { isTrue(at: $0, on: clock) }
                        || isTrue(at: minute.wallTime, on: clock))
            if counts { found.append(minute.moment) }
            shown = max(shown, minute.wallTime)
        }
        return found
    }
}

@Suite("Cron expressions and a clock that is watched") struct CronOracleTests {
    @Test(
        "agree, minute by minute, about the days around a change",
        arguments: [
            ("Europe/Berlin", "2026-03-29T01:00:00Z"), ("Europe/Berlin", "2026-10-25T01:00:00Z"),
            ("America/New_York", "2026-03-08T07:00:00Z"), ("America/New_York", "2026-11-01T06:00:00Z"),
            ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"), ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z"), ("America/Sao_Paulo", "2018-11-04T03:00:00Z"),
            ("America/Sao_Paulo", "2018-02-18T02:00:00Z"), ("Asia/Kathmandu", "2026-05-31T12:00:00Z"),
            ("Africa/Casablanca", "2026-02-15T02:00:00Z"), ("Antarctica/Troll", "2026-03-29T01:00:00Z"),
            ("America/Caracas", "2016-05-01T07:00:00Z"), ("Asia/Pyongyang", "2018-05-04T15:00:00Z"),
            ("Pacific/Kwajalein", "1993-08-20T12:00:00Z"), ("Europe/Moscow", "2014-10-25T22:00:00Z"),
            ("America/St_Johns", "2006-10-29T02:31:00Z"), ("UTC", "2028-02-29T12:00:00Z"),
            ("Pacific/Chatham", "2026-04-04T14:00:00Z"), ("Africa/Cairo", "2026-04-23T22:00:00Z"),
        ])
    func agree(zone: String, change: String) throws {
        let days = try ClockDays(zone: zone, around: moment(change))
        // What the clock has shown is known once it has been watched for a day.
        let start = days.minutes[1_440].moment
        let end = try #require(days.minutes.last).moment
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<15 {
            let naive = NaiveCron(using: &generator)
            guard let expression = try? CronExpression(naive.text) else { continue }
            let rule = try Recurrence.cron(expression, timeZone: zone)
            var actual: [Timestamp] = []
            var next = rule.next(after: start)
            while next <= end {
                actual.append(next)
                next = rule.next(after: next)
            }
            let expected = naive.occurrences(on: days).filter { $0 > start }
            try #require(actual == expected, "\(naive.text) in \(zone)")
            // From anywhere, not only from one occurrence to the next.
            for _ in 0..<20 {
                let minute = try #require(days.minutes[1_440...].randomElement(using: &generator)).moment
                let after = minute + .seconds(Int.random(in: -59...59, using: &generator))
                let first = expected.first { $0 > after }
                if after >= start, let first { try #require(rule.next(after: after) == first, "\(naive.text)") }
                let last = expected.last { $0 <= after }
                if after > start { try #require(rule.last(upTo: after, after: start) == last, "\(naive.text)") }
            }
        }
    }
}
