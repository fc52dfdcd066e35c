import Foundation
import Testing

@testable import Queuert

@Suite("Civil dates") struct CivilDateTests {
    @Test("are those of the Gregorian calendar, there and back")
    func agreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        // From 1583 to 2500, with a stride that meets every kind of day.
        for day in stride(from: -141_000, to: 193_000, by: 37) {
            let date = CivilDate(dayNumber: day)
            let expected = calendar.dateComponents(
                [.year, .month, .day, .weekday], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            try #require(
                date == CivilDate(year: expected.year ?? 0, month: expected.month ?? 0, day: expected.day ?? 0))
            try #require(date.weekday + 1 == expected.weekday)
            try #require(date.dayNumber == day)
        }
    }

    @Test("know how long a month is", arguments: [(2024, 29), (2025, 28), (1900, 28), (2000, 29), (2100, 28)])
    func lengthOfFebruary(year: Int, length: Int) {
        #expect(CivilDate.length(ofMonth: 2, year: year) == length)
        #expect(
            CivilDate(year: year, month: 3, day: 1).dayNumber - CivilDate(year: year, month: 2, day: 1).dayNumber
                == length)
    }
}
