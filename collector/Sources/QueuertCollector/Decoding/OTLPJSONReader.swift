import Foundation

/// Makes protobuf of a request in JSON, by the schema.
struct OTLPJSONReader {
    private let schema = OTLPSchema.shared
    private var scanner = JSONScanner()
    /// Where in the request it reads, for errors.
    private var path: [String] = []
    /// How many values are around what it reads.
    private var valueDepth = 0
    /// The lengths of the messages inside, which are written in front of them at last.
    private var lengths = MessageLengths()

    /// Reads a request.
    ///
    /// - Parameters:
    ///   - bytes: The request.
    ///   - signal: What it carries.
    /// - Returns: The same request in protobuf.
    /// - Throws: `OTLPDecodingError` if it isn't a request, or one too costly to read.
    mutating func request(_ bytes: Span<UInt8>, _ signal: Signal) throws(OTLPDecodingError) -> [UInt8] {
        var writer = ProtobufWriter()
        try message(bytes, schema.request(signal), to: &writer)
        guard scanner.peek(bytes) == nil else { throw scanner.notJSON(at: scanner.position) }
        return lengths.inserted(into: writer.bytes)
    }

    /// Reads a message; calls itself for messages inside, which the scanner bounds.
    private mutating func message(
        _ bytes: Span<UInt8>, _ number: Int, to writer: inout ProtobufWriter
    ) throws(OTLPDecodingError) {
        guard try scanner.kind(bytes) == .object else { throw wrongType }
        try scanner.open(UInt8(ascii: "{"), bytes)
        var isFirst = true
        while try !scanner.close(UInt8(ascii: "}"), isFirst: isFirst, bytes) {
            isFirst = false
            let name = String(decoding: try scanner.string(bytes), as: UTF8.self)
            try scanner.expect(UInt8(ascii: ":"), bytes)
            guard let field = schema.messages[number].field(named: name) else {
                try scanner.skip(bytes)
                continue
            }
            path.append(".\(name)")
            if try scanner.kind(bytes) == .null {
                // As if it were missing.
                try scanner.null(bytes)
            } else if field.isRepeated {
                try elements(bytes, field, to: &writer)
            } else {
                try value(bytes, field, to: &writer)
            }
            path.removeLast()
        }
    }

    private mutating func elements(
        _ bytes: Span<UInt8>, _ field: OTLPSchema.Field, to writer: inout ProtobufWriter
    ) throws(OTLPDecodingError) {
        guard try scanner.kind(bytes) == .array else { throw wrongType }
        try scanner.open(UInt8(ascii: "["), bytes)
        var index = 0
        while try !scanner.close(UInt8(ascii: "]"), isFirst: index == 0, bytes) {
            path.append("[\(index)]")
            try value(bytes, field, to: &writer)
            path.removeLast()
            index += 1
        }
    }

    private mutating func value(
        _ bytes: Span<UInt8>, _ field: OTLPSchema.Field, to writer: inout ProtobufWriter
    ) throws(OTLPDecodingError) {
        let number = Int(field.number)
        switch field.kind {
        case .message(let inner):
            // Refused here, before anything is made of it.
            if inner == schema.value { valueDepth += 1 }
            guard valueDepth <= OTLPLimits.valueDepth else { throw .tooDeep }
            writer.tag(number, 2)
            let beginning = lengths.begin(at: writer.bytes.count)
            try message(bytes, inner, to: &writer)
            lengths.end(beginning, at: writer.bytes.count)
            if inner == schema.value { valueDepth -= 1 }
        case .string: writer.field(number, content: try text(bytes))
        case .identifier:
            let digits = String(decoding: try text(bytes), as: UTF8.self)
            let identifier = HexadecimalID.bytes(of: digits)
            // What isn't hexadecimal has no bytes, but is no missing id either.
            writer.field(number, content: identifier.isEmpty && !digits.isEmpty ? [0xff] : identifier)
        case .bytes: writer.field(number, content: try base64(bytes))
        case .bool:
            guard try scanner.kind(bytes) == .truth else { throw wrongType }
            writer.field(number, varint: try scanner.truth(bytes) ? 1 : 0)
        case .enumeration:
            guard try scanner.kind(bytes) == .number else { throw wrongType }
            writer.field(number, varint: UInt64(bitPattern: Int64(try integer(bytes, Int32.self))))
        case .double:
            writer.tag(number, 1)
            writer.fixed64(try double(bytes).bitPattern)
        case .float:
            writer.tag(number, 5)
            writer.fixed32(Float(try double(bytes)).bitPattern)
        default: try integer(bytes, field, to: &writer)
        }
    }

    private mutating func integer(
        _ bytes: Span<UInt8>, _ field: OTLPSchema.Field, to writer: inout ProtobufWriter
    ) throws(OTLPDecodingError) {
        writer.tag(Int(field.number), UInt64(field.kind.wireType))
        switch field.kind {
        case .int32: writer.varint(UInt64(bitPattern: Int64(try integer(bytes, Int32.self))))
        case .sint32: writer.varint(Self.zigzag(Int64(try integer(bytes, Int32.self))))
        case .sfixed32: writer.fixed32(UInt32(bitPattern: try integer(bytes, Int32.self)))
        case .uint32: writer.varint(UInt64(try integer(bytes, UInt32.self)))
        case .fixed32: writer.fixed32(try integer(bytes, UInt32.self))
        case .int64: writer.varint(UInt64(bitPattern: try integer(bytes, Int64.self)))
        case .sint64: writer.varint(Self.zigzag(try integer(bytes, Int64.self)))
        case .sfixed64: writer.fixed64(UInt64(bitPattern: try integer(bytes, Int64.self)))
        case .uint64: writer.varint(try integer(bytes, UInt64.self))
        default: writer.fixed64(try integer(bytes, UInt64.self))
        }
    }

    private mutating func text(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> [UInt8] {
        guard try scanner.kind(bytes) == .string else { throw wrongType }
        return try scanner.string(bytes)
    }

    private mutating func base64(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Data {
        var text = String(decoding: try text(bytes), as: UTF8.self)
        // Either alphabet is allowed, and so is leaving out what fills up the end.
        text = text.replacing("-", with: "+").replacing("_", with: "/")
        while text.utf8.count % 4 != 0 { text.append("=") }
        guard let data = Data(base64Encoded: text) else { throw unreadable }
        return data
    }

    /// Reads a whole number that is written as text or as a number.
    private mutating func integer<Number: FixedWidthInteger>(
        _ bytes: Span<UInt8>, _ type: Number.Type
    ) throws(OTLPDecodingError) -> Number {
        let text = try digits(bytes)
        if let number = Number(text) { return number }
        guard let double = Double(text), let number = Number(exactly: double) else { throw unreadable }
        return number
    }

    private mutating func double(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> Double {
        switch try digits(bytes) {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        case let text:
            guard let number = Double(text), number.isFinite else { throw unreadable }
            return number
        }
    }

    private mutating func digits(_ bytes: Span<UInt8>) throws(OTLPDecodingError) -> String {
        switch try scanner.kind(bytes) {
        case .string: String(decoding: try scanner.string(bytes), as: UTF8.self)
        case .number: try scanner.number(bytes)
        default: throw wrongType
        }
    }

    private static func zigzag(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }

    private var wrongType: OTLPDecodingError { .malformed("a value has the wrong type\(place)") }
    private var unreadable: OTLPDecodingError { .malformed("a value can't be read\(place)") }
    private var place: String { path.isEmpty ? "" : " at \(path.joined().prefix(200))" }
}
