import Foundation
import Queuert

/// A moment, from text such as `2026-03-29T01:00:00Z`.
func moment(_ text: String) throws -> Timestamp {
    Timestamp(microseconds: Int64(try Date(text, strategy: .iso8601).timeIntervalSince1970) * 1_000_000)
}

extension Recurrence {
    /// The first occurrences after a moment, as text in UTC without what is the same in all: `03-29T01:00:00`.
    func next(_ count: Int, after start: String) throws -> [String] {
        var last = try moment(start)
        return (0..<count).map { _ in
            last = next(after: last)
            return last.text
        }
    }
}

extension Timestamp {
    /// The moment in UTC, such as `2026-03-29T01:00:00Z`.
    var text: String {
        Date(timeIntervalSince1970: Double(microseconds) / 1_000_000).formatted(.iso8601)
    }
}
