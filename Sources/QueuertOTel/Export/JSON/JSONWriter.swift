/// Writes JSON as OTLP has it.
///
/// Numbers of 64 bits are text, identifiers are hexadecimal, and a field that holds its type's zero is left out, as in
/// protobuf.
struct JSONWriter: Sendable {
    private(set) var bytes: [UInt8] = []
    /// Whether what comes next is not the first of its object or array.
    private var needsComma = false

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    // MARK: Structure

    mutating func object(_ content: (inout JSONWriter) -> Void) {
        nest(UInt8(ascii: "{"), UInt8(ascii: "}"), content)
    }

    /// An object in a field, written even if it is empty.
    mutating func object(_ name: StaticString, _ content: (inout JSONWriter) -> Void) {
        key(name)
        object(content)
    }

    /// An array of objects in a field, left out if there are none.
    mutating func array<Element>(
        _ name: StaticString, _ elements: some Collection<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        guard !elements.isEmpty else { return }
        anyArray(name, elements) { writer, element in writer.object { write(&$0, element) } }
    }

    /// An array of anything in a field, left out if there is none.
    mutating func values<Element>(
        _ name: StaticString, _ elements: some Collection<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        if !elements.isEmpty { anyArray(name, elements, write) }
    }

    private mutating func anyArray<Element>(
        _ name: StaticString, _ elements: some Collection<Element>, _ write: (inout JSONWriter, Element) -> Void
    ) {
        key(name)
        nest(UInt8(ascii: "["), UInt8(ascii: "]")) { for element in elements { write(&$0, element) } }
    }

    private mutating func nest(_ open: UInt8, _ close: UInt8, _ content: (inout JSONWriter) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        content(&self)
        bytes.append(close)
        needsComma = true
    }

    // MARK: Fields

    /// Text, left out if there is none.
    mutating func string(_ name: StaticString, _ text: String) {
        if !text.isEmpty { anyString(name, text) }
    }

    /// Text, in what stands for a `oneof`.
    mutating func anyString(_ name: StaticString, _ text: String) {
        key(name)
        value(text)
    }

    /// A number of at most 32 bits, left out if it is zero.
    mutating func number(_ name: StaticString, _ number: Int) {
        guard number != 0 else { return }
        key(name)
        raw("\(number)")
    }

    /// A truth value, in what stands for a `oneof`.
    mutating func anyBool(_ name: StaticString, _ truth: Bool) {
        key(name)
        raw(truth ? "true" : "false")
    }

    /// A number of 64 bits, left out if it is zero.
    mutating func long(_ name: StaticString, _ number: UInt64) {
        guard number != 0 else { return }
        key(name)
        long(number)
    }

    /// A number of 64 bits, in what stands for a `oneof`.
    mutating func anyLong(_ name: StaticString, _ number: Int64) {
        key(name)
        raw("\"\(number)\"")
    }

    /// A floating point number, in what stands for a `oneof`.
    mutating func anyDouble(_ name: StaticString, _ number: Double) {
        key(name)
        double(number)
    }

    // MARK: Values

    mutating func long(_ number: UInt64) { raw("\"\(number)\"") }

    mutating func double(_ number: Double) {
        switch number {
        case .infinity: raw("\"Infinity\"")
        case -.infinity: raw("\"-Infinity\"")
        case _ where number.isNaN: raw("\"NaN\"")
        default: raw("\(number)")
        }
    }

    /// Text in quotation marks.
    ///
    /// A zero byte becomes U+FFFD, as it does in protobuf, so that both say the same.
    mutating func value(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += "\\n".utf8
            case 0: bytes += "\u{FFFD}".utf8
            case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private mutating func raw(_ text: String) {
        separate()
        bytes += text.utf8
        needsComma = true
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes += [UInt8(ascii: "\""), UInt8(ascii: ":")]
        needsComma = false
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }
}
