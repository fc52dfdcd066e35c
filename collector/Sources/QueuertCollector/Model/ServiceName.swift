/// The name of a service, as it is stored.
///
/// Each row of a service has its name, and a sender may have one of a megabyte: what is longer than a limit is cut. All of
/// it is in the resource.
enum ServiceName {
    /// How long a name may be, in bytes of UTF-8.
    static let limit = SearchTerm.valueLimit

    /// Where the part of a name is that is stored.
    ///
    /// - Parameters:
    ///   - bytes: The bytes that hold the name.
    ///   - range: Where it is.
    /// - Returns: Its beginning, which ends where a character ends.
    static func stored(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        guard range.count > limit else { return range }
        let longest = range.lowerBound + limit
        var end = longest
        // All bytes of a character but its first have these two bits, and there are three of them at most.
        while end > longest - 3, bytes[end] & 0xc0 == 0x80 { end -= 1 }
        return range.lowerBound..<end
    }

    /// The part of a name that is stored.
    ///
    /// - Parameter name: The name.
    /// - Returns: Its beginning, which ends where a character ends.
    static func stored(_ name: String) -> String {
        let bytes = Array(name.utf8)
        return String(decoding: bytes[stored(bytes.span, 0..<bytes.count)], as: UTF8.self)
    }
}
