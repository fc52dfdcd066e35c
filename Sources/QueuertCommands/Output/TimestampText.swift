#if CommandLine
import Foundation
internal import Queuert

/// Moments as text: those of RFC 3339, in UTC.
enum TimestampText {
    /// To the microsecond, for programs: `2030-01-31T12:00:00.000000Z`.
    static func exact(_ moment: Timestamp) -> String {
        let (seconds, fraction) = parts(moment)
        return "\(text(seconds, separator: "T")).\(padded(fraction, 6))Z"
    }

    /// To the second, for people: `2030-01-31 12:00:00Z`, which ``parse(_:)`` takes back.
    static func plain(_ moment: Timestamp) -> String { "\(text(parts(moment).seconds, separator: " "))Z" }

    /// With how long ago or ahead it is.
    static func relative(_ moment: Timestamp, to now: Timestamp) -> String {
        let distance = moment - now
        let when =
            distance > .zero ? "in \(DurationText.short(distance))" : "\(DurationText.short(.zero - distance)) ago"
        return "\(plain(moment)) (\(when))"
    }

    private static func parts(_ moment: Timestamp) -> (seconds: Int, fraction: Int) {
        let (seconds, fraction) = CivilDate.divided(Int(moment.microseconds), by: 1_000_000)
        return (seconds, fraction)
    }

    private static func text(_ seconds: Int, separator: String) -> String {
        let (days, second) = CivilDate.divided(seconds, by: 86_400)
        let date = CivilDate(dayNumber: days)
        let day = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
        return "\(day)\(separator)\(padded(second / 3_600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads a date, or a date and a time with its zone; a date is its beginning in UTC.
    static func parse(_ text: String) -> Timestamp? {
        let date = /[0-9]{4}-[0-9]{2}-[0-9]{2}/
        let time = /(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?(?:Z|[+\-](?:[01][0-9]|2[0-3]):?[0-5][0-9])/
        // Foundation leaves out what is behind a moment, and carries over what is too large: 31 February is 3 March for it.
        guard let day = text.prefixMatch(of: date)?.output, let midnight = read("\(day)T00:00:00Z"),
            plain(midnight).hasPrefix(day)
        else { return nil }
        let rest = text.dropFirst(day.count)
        if rest.isEmpty { return midnight }
        guard let separator = rest.first, "T ".contains(separator), rest.dropFirst().wholeMatch(of: time) != nil else {
            return nil
        }
        return read("\(day)T\(rest.dropFirst())")
    }

    private static func read(_ text: String) -> Timestamp? {
        let styles = [
            Date.ISO8601FormatStyle(includingFractionalSeconds: false),
            Date.ISO8601FormatStyle(includingFractionalSeconds: true),
        ]
        guard let date = styles.lazy.compactMap({ try? $0.parse(text) }).first else { return nil }
        return Timestamp(microseconds: Int64((date.timeIntervalSince1970 * 1_000_000).rounded()))
    }
}
#endif
