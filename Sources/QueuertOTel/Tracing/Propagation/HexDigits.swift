/// Eight lower-case hexadecimal digits as one word, the first in the highest byte, and their value.
///
/// Contexts are read and written with each job: all digits at once, instead of one after the other.
enum HexDigits {
    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The value of the digits; `nil` if any is none.
    @inline(__always)
    static func value(of digits: UInt64) -> UInt32? {
        // Letters have bit 6, and their last four bits are nine less than their value.
        let isLetter = (digits >> 6) & ones
        let values = (digits & (0x0f &* ones)) &+ isLetter &* 9
        // What isn't a digit has a value, too, but not one whose digit it is, or like the letters after f one above 15.
        guard values & (0xf0 &* ones) == 0, Self.digits(of: values) == digits else { return nil }
        var value = (values | values >> 4) & 0x00ff_00ff_00ff_00ff
        value = (value | value >> 8) & 0x0000_ffff_0000_ffff
        return UInt32(truncatingIfNeeded: value | value >> 16)
    }

    /// The digits of a value.
    @inline(__always)
    static func digits(of value: UInt32) -> UInt64 {
        var values = UInt64(value)
        values = (values | values << 16) & 0x0000_ffff_0000_ffff
        values = (values | values << 8) & 0x00ff_00ff_00ff_00ff
        values = (values | values << 4) & 0x0f0f_0f0f_0f0f_0f0f
        return digits(of: values)
    }

    /// The digits of eight values, a byte each.
    @inline(__always)
    private static func digits(of values: UInt64) -> UInt64 {
        // From 10 on, 118 more sets bit 7.
        let isLetter = ((values &+ 118 &* ones) >> 7) & ones
        return values &+ 0x30 &* ones &+ isLetter &* 0x27
    }
}

extension UInt64 {
    /// Reads 16 lower-case hexadecimal digits in the middle of a text.
    @inline(__always)
    init?(lowercaseHex text: RawSpan, from start: Int) {
        guard
            let high = HexDigits.value(
                of: UInt64(bigEndian: text.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))),
            let low = HexDigits.value(
                of: UInt64(bigEndian: text.unsafeLoadUnaligned(fromByteOffset: start + 8, as: UInt64.self)))
        else { return nil }
        self = UInt64(high) << 32 | UInt64(low)
    }

    /// Writes the value as 16 lower-case hexadecimal digits.
    @inline(__always)
    func writeLowercaseHex(to buffer: UnsafeMutableRawBufferPointer, at offset: Int) {
        let high = HexDigits.digits(of: UInt32(truncatingIfNeeded: self >> 32))
        let low = HexDigits.digits(of: UInt32(truncatingIfNeeded: self))
        buffer.storeBytes(of: high.bigEndian, toByteOffset: offset, as: UInt64.self)
        buffer.storeBytes(of: low.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
    }
}
