internal import CCurl

/// The dates of HTTP headers.
enum HTTPDate {
    /// Seconds since 1970 of a date in any of HTTP's three forms, or `nil` for other text.
    static func secondsSince1970(_ text: String) -> Int64? {
        // libcurl's parser is lenient; a date without a time of day or a weekday is not one of HTTP's.
        guard text.contains(":"), let first = text.first, first.isLetter else { return nil }
        let seconds = curl_getdate(text, nil)
        return seconds < 0 ? nil : Int64(seconds)
    }
}
