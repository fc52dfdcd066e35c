/// The identifier of a trace: 16 bytes, not all zero.
///
/// W3C Trace Context level 2, section 3.2.2.3.
public struct TraceID: Hashable, Sendable, CustomStringConvertible {
    /// The first eight bytes, big endian.
    public let high: UInt64
    /// The last eight bytes, big endian; random, where the flags say so.
    public let low: UInt64

    /// Makes an identifier of two words.
    ///
    /// - Parameters:
    ///   - high: The first eight bytes, big endian.
    ///   - low: The last eight bytes, big endian.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Reads 32 lower-case hexadecimal digits.
    ///
    /// The result is `nil` for other text, and for the identifier that is all zero.
    ///
    /// - Parameter hex: The digits.
    public init?(hex: some StringProtocol) {
        let digits = hex.utf8
        guard digits.count == 32,
            let high = UInt64(lowercaseHex: digits.prefix(16)), let low = UInt64(lowercaseHex: digits.suffix(16)),
            high != 0 || low != 0
        else { return nil }
        self.init(high: high, low: low)
    }

    /// Whether any byte is set; an identifier that is all zero stands for no trace.
    public var isValid: Bool { high != 0 || low != 0 }

    /// The identifier as 32 lower-case hexadecimal digits.
    public var description: String { high.lowercaseHex + low.lowercaseHex }
}

/// The identifier of a span within its trace: 8 bytes, not all zero.
///
/// W3C Trace Context level 2, section 3.2.2.4.
public struct SpanID: Hashable, Sendable, CustomStringConvertible {
    /// The eight bytes, big endian.
    public let value: UInt64

    /// Makes an identifier of a word.
    ///
    /// - Parameter value: The eight bytes, big endian.
    public init(value: UInt64) { self.value = value }

    /// Reads 16 lower-case hexadecimal digits.
    ///
    /// The result is `nil` for other text, and for the identifier that is all zero.
    ///
    /// - Parameter hex: The digits.
    public init?(hex: some StringProtocol) {
        guard hex.utf8.count == 16, let value = UInt64(lowercaseHex: hex.utf8), value != 0 else { return nil }
        self.init(value: value)
    }

    /// Whether any byte is set; an identifier that is all zero stands for no span.
    public var isValid: Bool { value != 0 }

    /// The identifier as 16 lower-case hexadecimal digits.
    public var description: String { value.lowercaseHex }
}

extension UInt64 {
    /// Reads lower-case hexadecimal digits, 16 at most.
    init?(lowercaseHex digits: some Sequence<UInt8>) {
        var value: UInt64 = 0
        for digit in digits {
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
            default: return nil
            }
        }
        self = value
    }

    /// The value as 16 lower-case hexadecimal digits.
    var lowercaseHex: String {
        String(unsafeUninitializedCapacity: 16) { buffer in
            writeLowercaseHex(to: UnsafeMutableRawBufferPointer(buffer), at: 0)
            return 16
        }
    }
}
