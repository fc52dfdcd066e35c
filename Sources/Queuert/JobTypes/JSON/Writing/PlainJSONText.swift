/// Names and scalars as JSON, one after the other.
struct PlainJSONText {
    private(set) var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(256) }

    var end: Int { bytes.count }

    mutating func append(name: String) {
        append(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func append(json: String.UTF8View) { bytes.append(contentsOf: json) }

    mutating func appendComma() { bytes.append(UInt8(ascii: ",")) }

    mutating func appendNull() { bytes.append(contentsOf: "null".utf8) }

    mutating func append(_ value: Bool) { bytes.append(contentsOf: value ? "true".utf8 : "false".utf8) }

    mutating func append(_ value: some FixedWidthInteger) { bytes.append(contentsOf: String(value).utf8) }

    mutating func append(_ value: some BinaryFloatingPoint & CustomStringConvertible) {
        let digits = value.description
        bytes.append(contentsOf: digits.hasSuffix(".0") ? digits.utf8.dropLast(2) : digits.utf8[...])
    }

    mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.span.isWithoutEscapes {
            bytes.append(contentsOf: text.utf8)
        } else {
            for byte in text.utf8 { appendEscaped(byte) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
        case 0..<0x20:
            if let letter = PlainJSONEscape.letter(of: byte) {
                bytes += [UInt8(ascii: "\\"), letter]
            } else {
                bytes += (byte < 0x10 ? "\\u000" : "\\u00").utf8
                bytes += String(byte, radix: 16).utf8
            }
        default: bytes.append(byte)
        }
    }
}

extension Span<UInt8> {
    /// Whether a text may stand in quotes as it is.
    fileprivate var isWithoutEscapes: Bool {
        // Without a way out of the loop the processor takes many bytes at once.
        var found: UInt8 = 0
        for index in indices {
            let byte = self[index]
            found |= byte < 0x20 ? 1 : 0
            found |= byte == UInt8(ascii: "\"") ? 1 : 0
            found |= byte == UInt8(ascii: "\\") ? 1 : 0
        }
        return found == 0
    }
}
