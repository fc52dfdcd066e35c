/// Trace and span ids as lower-case hexadecimal text.
enum HexadecimalID {
    /// The length of a trace id.
    static let traceLength = 32
    /// The length of a span id.
    static let spanLength = 16

    /// Writes bytes as hexadecimal text.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Two lower-case digits for each byte.
    static func text(of bytes: some Collection<UInt8>) -> String {
        let digits = StaticString("0123456789abcdef")
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var index = 0
            for byte in bytes {
                buffer[index] = digits.utf8Start[Int(byte >> 4)]
                buffer[index + 1] = digits.utf8Start[Int(byte & 15)]
                index += 2
            }
            return index
        }
    }

    /// Writes the id of a span, which the store has as a number.
    ///
    /// - Parameter number: The eight bytes.
    /// - Returns: Sixteen lower-case digits.
    static func text(ofSpan number: Int64) -> String { withUnsafeBytes(of: number.bigEndian) { text(of: $0) } }

    /// Reads the id of a span as the number that the store has.
    ///
    /// - Parameter text: Sixteen digits.
    /// - Returns: The eight bytes.
    static func number(ofSpan text: String) -> Int64 { Int64(bitPattern: UInt64(text, radix: 16) ?? 0) }

    /// Reads hexadecimal text.
    ///
    /// - Parameter text: Digits of either case.
    /// - Returns: The bytes; none if other characters are among the digits, or one digit is left over.
    static func bytes(of text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for digit in text.utf8 {
            guard let value = value(of: digit) else { return [] }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return high == nil ? bytes : []
    }

    /// Reads a hexadecimal digit of either case.
    ///
    /// - Parameter digit: The character.
    /// - Returns: Its value, or `nil` if it is no digit.
    static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Checks an id and makes it lower case.
    ///
    /// - Parameters:
    ///   - text: The id, in hexadecimal digits of either case.
    ///   - length: How many digits it must have.
    /// - Returns: The id, or `nil` if it has another length, other characters or nothing but zeros.
    static func normalized(_ text: String, length: Int) -> String? {
        let digits = text.utf8
        guard digits.count == length, digits.contains(where: { $0 != UInt8(ascii: "0") }) else { return nil }
        var hasUpperCase = false
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): break
            case UInt8(ascii: "A")...UInt8(ascii: "F"): hasUpperCase = true
            default: return nil
            }
        }
        return hasUpperCase ? text.lowercased() : text
    }
}
