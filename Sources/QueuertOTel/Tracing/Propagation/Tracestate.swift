/// The header `tracestate`: what vendors along the way add to a trace, passed on unread.
///
/// W3C Trace Context level 2, section 3.3.
struct Tracestate: Hashable {
    /// How long the header may become; longer ones lose entries.
    ///
    /// At least 512 characters must be passed on.
    static let maximumLength = 512
    /// More entries than these make the header invalid.
    static let maximumEntries = 32
    /// Entries longer than this are the first to go when the header is too long.
    static let longEntry = 128

    /// The header's value, with no empty entries and no spaces around entries.
    let header: String

    /// Reads a header; one that breaks a rule is `nil` as a whole.
    init?(_ header: String) {
        var entries: [Substring] = []
        var keys: Set<Substring> = []
        for part in header.split(separator: ",") {
            let entry = part.trimmingSpaces()
            guard !entry.isEmpty else { continue }
            guard let separator = entry.firstIndex(of: "="),
                Self.isKey(entry[..<separator].utf8), Self.isValue(entry[entry.index(after: separator)...].utf8),
                keys.insert(entry[..<separator]).inserted
            else { return nil }
            entries.append(entry)
        }
        guard entries.count <= Self.maximumEntries else { return nil }
        self.header = Self.truncated(entries).joined(separator: ",")
    }

    /// Drops whole entries, long ones first and then the oldest, until the rest fits.
    private static func truncated(_ entries: [Substring]) -> [Substring] {
        var entries = entries
        // One comma a piece but the last.
        var length = entries.reduce(-1) { $0 + $1.utf8.count + 1 }
        while length > maximumLength {
            let victim = entries.lastIndex { $0.utf8.count > longEntry } ?? entries.count - 1
            length -= entries.remove(at: victim).utf8.count + 1
        }
        return entries
    }

    private static func isKey(_ key: Substring.UTF8View) -> Bool {
        guard let first = key.first, key.count <= 256 else { return false }
        return isLetterOrDigit(first)
            && key.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: "/"), UInt8(ascii: "@"): true
                default: isLetterOrDigit(byte)
                }
            }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Commas are gone by now; spaces at the end are, too.
    private static func isValue(_ value: Substring.UTF8View) -> Bool {
        (1...256).contains(value.count)
            && value.allSatisfy { (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "=") }
    }
}

extension StringProtocol where SubSequence == Substring {
    /// The text without the spaces and tabs that HTTP allows around a value.
    func trimmingSpaces() -> Substring {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        guard let first = firstIndex(where: { !isSpace($0) }), let last = lastIndex(where: { !isSpace($0) }) else {
            return self[startIndex..<startIndex]
        }
        return self[first...last]
    }
}
