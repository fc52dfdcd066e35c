/// A place in protobuf's bytes, up to the end of one message.
///
/// Reads nothing beyond that end and allocates nothing; the bytes are passed to each call, since what holds a `Span` may
/// not outlive it.
struct ProtobufReader {
    /// The number of a field and the form of its value.
    struct Field {
        let number: UInt32
        let wireType: UInt8
    }

    /// Where the next byte is.
    private(set) var position: Int
    private let end: Int
    private var fields = 0

    /// Begins to read a message.
    ///
    /// - Parameter range: Where the message is.
    init(_ range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// Reads the number and the form of the next field.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: The field, or `nil` at the end of the message.
    /// - Throws: `OTLPDecodingError` if there is none, or more than a message may have.
    @inline(__always)
    mutating func next(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Field? {
        guard position < end else { return nil }
        fields += 1
        if fields > OTLPLimits.fieldsOfMessage { throw .tooMany("fields in one message") }
        let tag = try varint(bytes)
        guard tag >= 8, tag <= UInt64(UInt32.max) else {
            throw .malformed("the protobuf has an impossible field number at byte \(position)")
        }
        return Field(number: UInt32(tag >> 3), wireType: UInt8(tag & 7))
    }

    /// Reads a number of variable length.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: The number.
    /// - Throws: `OTLPDecodingError` if it breaks off or doesn't end.
    @inline(__always)
    mutating func varint(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> UInt64 {
        guard position < end else { throw brokenNumber }
        let byte = bytes[position]
        guard byte < 0x80 else { return try longVarint(bytes) }
        position += 1
        return UInt64(byte)
    }

    private mutating func longVarint(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while position < end, shift < 70 {
            let byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw brokenNumber
    }

    /// Reads a number of eight bytes.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: The number.
    /// - Throws: `OTLPDecodingError` if it breaks off.
    mutating func fixed64(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> UInt64 {
        let start = position
        try advance(8)
        return UInt64(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self))
    }

    /// Reads a number of four bytes.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: The number.
    /// - Throws: `OTLPDecodingError` if it breaks off.
    mutating func fixed32(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> UInt32 {
        let start = position
        try advance(4)
        return UInt32(littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self))
    }

    /// Reads past text, bytes or a message.
    ///
    /// - Parameter bytes: The bytes.
    /// - Returns: Where its content is.
    /// - Throws: `OTLPDecodingError` if it breaks off.
    @inline(__always)
    mutating func content(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Range<Int> {
        let length = try varint(bytes)
        let start = position
        try advance(length)
        return start..<position
    }

    /// Reads past the value of a field that isn't known, or isn't of the form that it should have.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - bytes: The bytes.
    /// - Throws: `OTLPDecodingError` if it breaks off, or is of no form.
    mutating func skip(_ field: Field, _ bytes: Span<UInt8>) throws(OTLPDecodingError) {
        switch field.wireType {
        case 0: _ = try varint(bytes)
        case 1: try advance(8)
        case 2: _ = try content(bytes)
        case 5: try advance(4)
        default: throw .malformed("the protobuf has an unknown wire type at byte \(position)")
        }
    }

    @inline(__always)
    private mutating func advance(_ count: UInt64) throws(OTLPDecodingError) {
        guard count <= UInt64(end - position) else {
            throw .malformed("the protobuf claims \(count) bytes at byte \(position) where there are fewer")
        }
        position += Int(count)
    }

    private var brokenNumber: OTLPDecodingError {
        .malformed("the protobuf breaks off, or has an endless number, at byte \(position)")
    }
}
