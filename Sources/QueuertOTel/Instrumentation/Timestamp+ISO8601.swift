internal import Foundation
internal import Queuert

extension Timestamp {
    /// The moment as people and tools read it: `2030-01-01T00:00:00.000000Z`.
    var iso8601: String {
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = rest < 0 ? seconds - 1 : seconds
        let fraction = rest < 0 ? rest + 1_000_000 : rest
        let text = Date(timeIntervalSince1970: TimeInterval(whole)).formatted(.iso8601)
        let digits = String(fraction)
        return "\(text.dropLast()).\(String(repeating: "0", count: 6 - digits.count))\(digits)Z"
    }
}
