/// How long to wait before a request is sent again.
///
/// Exponential backoff with full jitter: all senders that lost one receiver don't come back at the same moment.
struct RetryPolicy: Sendable {
    private static let initial: Duration = .seconds(1)
    private static let factor = 1.5
    private static let maximum: Duration = .seconds(5)

    /// Draws a wait between nothing and the limit it is given.
    var jitter: @Sendable (_ limit: Duration) -> Duration = { $0 * Double.random(in: 0...1) }

    /// The wait after a number of failed tries, within what remains of the budget.
    ///
    /// The receiver's wish is kept, even where it leaves no time for another try.
    func wait(afterTries tries: Int, wish: Duration?, remaining: Duration) -> Duration {
        if let wish { return min(wish, remaining) }
        var limit = Self.initial
        for _ in 1..<max(tries, 1) where limit < Self.maximum { limit = limit * Self.factor }
        return jitter(min(limit, Self.maximum, remaining))
    }

    /// What a `Retry-After` header asks for: seconds or a date.
    ///
    /// The result is `nil` for other text and for a time that isn't in the future: to obey that would mean to try again
    /// without any pause.
    static func wish(in header: String?, secondsSince1970 now: Int64) -> Duration? {
        guard let header else { return nil }
        let seconds: Int64
        if !header.isEmpty, header.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            // More digits than fit mean for ever, which the budget cuts short.
            seconds = min(Int64(header) ?? .max, 86_400 * 365)
        } else if let date = HTTPDate.secondsSince1970(header) {
            seconds = date - now
        } else {
            return nil
        }
        return seconds > 0 ? .seconds(seconds) : nil
    }
}
