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
