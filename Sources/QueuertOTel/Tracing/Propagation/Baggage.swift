/// Names and values that go along with a trace, through all services: the header `baggage`.
///
/// W3C Baggage. It is sent to everyone that the trace reaches, so it must hold nothing that they may not know.
public struct Baggage: Hashable, Sendable {
    /// As many entries are propagated, at least and at most.
    static let maximumEntries = 64
    /// As many bytes are propagated, at least and at most.
    static let maximumLength = 8192
    /// As many bytes of a header are read: what a stranger's header costs has an end.
    static let maximumReadLength = 65_536

    private struct Entry: Hashable {
        let key: Substring
        /// The entry as it came, or as it is sent.
        let text: Substring
    }
    private var entries: [Entry] = []

    /// Makes baggage that holds nothing.
    public init() {}

    /// Reads a header; entries that can't be read are left out, and so are those beyond 64 entries or 8192 bytes.
    ///
    /// Of two entries with one name the last holds. What is beyond 65,536 bytes of the header is not read.
    ///
    /// - Parameter header: The header's value.
    public init(header: String) {
        var keys: Set<Substring> = []
        // From the end, since the last entry with a name holds.
        for member in Self.readable(header).split(separator: ",").reversed() {
            let text = member.trimmingSpaces()
            guard text.utf8.allSatisfy(Self.isPrintable), let separator = text.firstIndex(of: "=") else { continue }
            let key = text[..<separator].trimmingSpaces()
            guard !key.isEmpty, key.utf8.allSatisfy(Self.isToken),
                Self.value(in: text).utf8.allSatisfy(Self.isPlain), keys.insert(key).inserted
            else { continue }
            entries.append(Entry(key: key, text: text))
        }
        entries.reverse()
        drop()
    }

    /// As much of a header as is read: whole entries.
    private static func readable(_ header: String) -> Substring {
        guard header.utf8.count > maximumReadLength else { return header[...] }
        let bytes = header.utf8.prefix(maximumReadLength)
        return header[..<(bytes.lastIndex(of: UInt8(ascii: ",")) ?? bytes.startIndex)]
    }

    /// Whether it holds nothing.
    public var isEmpty: Bool { entries.isEmpty }

    /// The names, in order.
    public var keys: [String] { entries.map { String($0.key) } }

    /// The header's value; entries that came in a header are as they were.
    public var header: String { entries.map(\.text).joined(separator: ",") }

    /// The value of a name; `nil` if it isn't there.
    ///
    /// Names that aren't tokens of HTTP can't be set, and what doesn't fit isn't taken: 64 entries and 8192 bytes.
    ///
    /// - Parameter key: The name.
    public subscript(_ key: String) -> String? {
        get { entries.first { $0.key == key }.map { Self.decoded(Self.value(in: $0.text)) } }
        set {
            entries.removeAll { $0.key == key }
            guard let newValue, !key.isEmpty, key.utf8.allSatisfy(Self.isToken) else { return }
            entries.append(Entry(key: Substring(key), text: Substring("\(key)=\(Self.encoded(newValue))")))
            drop()
        }
    }

    /// The entries with some names.
    ///
    /// - Parameter keys: The names.
    /// - Returns: What is left, as it came.
    public func restricted(to keys: Set<String>) -> Baggage {
        var baggage = self
        baggage.entries.removeAll { !keys.contains(String($0.key)) }
        return baggage
    }

    /// Drops whole entries that don't fit.
    private mutating func drop() {
        // One comma an entry but the first.
        var length = -1
        var count = 0
        entries.removeAll { entry in
            let grown = length + 1 + entry.text.utf8.count
            guard count < Self.maximumEntries, grown <= Self.maximumLength else { return true }
            length = grown
            count += 1
            return false
        }
    }

    /// What is between the equals sign and the properties.
    private static func value(in text: Substring) -> Substring {
        guard let separator = text.firstIndex(of: "=") else { return "" }
        return text[text.index(after: separator)...].prefix { $0 != ";" }.trimmingSpaces()
    }

    private static func decoded(_ value: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = value.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let decoded = UInt8(hexadecimalDigits: rest.prefix(2)) {
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        // What is no UTF-8 becomes the replacement character, as the specification wants.
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func encoded(_ value: String) -> String {
        var text = ""
        for byte in value.utf8 {
            if isPlain(byte) && byte != UInt8(ascii: "%") {
                text.unicodeScalars.append(UnicodeScalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return text
    }

    /// Whether a byte may stand in an entry at all, its properties included: a line break would end the header.
    private static func isPrintable(_ byte: UInt8) -> Bool { byte == 0x09 || (0x20...0x7e).contains(byte) }

    /// Whether a byte may stand in a value as it is.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21, 0x23...0x2b, 0x2d...0x3a, 0x3c...0x5b, 0x5d...0x7e: true
        default: false
        }
    }

    /// Whether a byte may stand in a name.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

extension UInt8 {
    /// Reads two hexadecimal digits.
    fileprivate init?(hexadecimalDigits digits: some Collection<UInt8>) {
        guard digits.count == 2 else { return nil }
        var value: UInt8 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | (digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | (digit - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 | (digit - UInt8(ascii: "A") + 10)
            default: return nil
            }
        }
        self = value
    }
}
