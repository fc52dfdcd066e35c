import Foundation

/// OTLP's JSON form, in both directions.
///
/// The rules are OTLP's: ids are hexadecimal digits of either case, 64-bit integers are text or numbers, enumerations are
/// numbers, names are lowerCamelCase, and unknown names are ignored.
enum OTLPJSON {
    /// Makes protobuf of JSON.
    ///
    /// - Parameters:
    ///   - json: A request.
    ///   - signal: What it carries.
    /// - Returns: The same request in protobuf.
    /// - Throws: `OTLPDecodingError` if it isn't a request, or one too costly to read.
    static func protobuf(of json: [UInt8], _ signal: Signal) throws(OTLPDecodingError) -> [UInt8] {
        var reader = OTLPJSONReader()
        return try reader.request(json.span, signal)
    }

    /// Makes JSON of protobuf.
    ///
    /// - Parameters:
    ///   - protobuf: A message.
    ///   - message: Its number in the schema.
    /// - Returns: The same message in JSON, on one line.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func json(of protobuf: [UInt8], _ message: Int) throws(OTLPDecodingError) -> [UInt8] {
        var writer = JSONWriter()
        try write(protobuf.span, 0..<protobuf.count, message, to: &writer)
        return writer.bytes
    }

    /// Writes the members of a message into an object that is open.
    ///
    /// - Parameters:
    ///   - protobuf: The message.
    ///   - message: Its number in the schema.
    ///   - writer: Takes them.
    ///   - isWanted: Says of the names which are.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    static func writeMembers(
        of protobuf: [UInt8], _ message: Int, to writer: inout JSONWriter, _ isWanted: (String) -> Bool
    ) throws(OTLPDecodingError) {
        try writeMembers(protobuf.span, 0..<protobuf.count, message, to: &writer, isWanted)
    }

    private struct Occurrence {
        let field: Int
        let order: Int
        let value: Value
    }
    private enum Value {
        case number(UInt64)
        case content(Range<Int>)
    }

    private static func write(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ message: Int, to writer: inout JSONWriter
    ) throws(OTLPDecodingError) {
        writer.beginObject()
        try writeMembers(bytes, range, message, to: &writer) { _ in true }
        writer.endObject()
    }

    private static func writeMembers(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ message: Int, to writer: inout JSONWriter,
        _ isWanted: (String) -> Bool
    ) throws(OTLPDecodingError) {
        let message = OTLPSchema.shared.messages[message]
        // What is repeated may be spread over the message.
        var found: [Occurrence] = []
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            guard let index = message.index(of: field.number), isWanted(message.fields[index].name) else {
                try reader.skip(field, bytes)
                continue
            }
            try read(message.fields[index], index, field, &reader, bytes, into: &found)
        }
        found.sort { ($0.field, $0.order) < ($1.field, $1.order) }
        var next = found.startIndex
        while next < found.endIndex {
            let field = message.fields[found[next].field]
            let end = found[next...].firstIndex { $0.field != found[next].field } ?? found.endIndex
            writer.key(text: field.name)
            if field.isRepeated { writer.beginArray() }
            for occurrence in field.isRepeated ? found[next..<end] : found[(end - 1)..<end] {
                try write(occurrence.value, field.kind, bytes, to: &writer)
            }
            if field.isRepeated { writer.endArray() }
            next = end
        }
    }

    private static func read(
        _ field: OTLPSchema.Field, _ index: Int, _ found: ProtobufReader.Field, _ reader: inout ProtobufReader,
        _ bytes: Span<UInt8>, into list: inout [Occurrence]
    ) throws(OTLPDecodingError) {
        let expected = field.kind.wireType
        if found.wireType == expected {
            let value: Value =
                expected == 2
                ? .content(try reader.content(bytes)) : .number(try number(expected, &reader, bytes))
            list.append(.init(field: index, order: list.count, value: value))
        } else if field.isRepeated, found.wireType == 2 {
            // Numbers one after the other.
            let content = try reader.content(bytes)
            var inner = ProtobufReader(content)
            while inner.position < content.upperBound {
                list.append(.init(field: index, order: list.count, value: .number(try number(expected, &inner, bytes))))
            }
        } else {
            try reader.skip(found, bytes)
        }
    }

    private static func number(
        _ wireType: UInt8, _ reader: inout ProtobufReader, _ bytes: Span<UInt8>
    ) throws(OTLPDecodingError) -> UInt64 {
        switch wireType {
        case 1: try reader.fixed64(bytes)
        case 5: UInt64(try reader.fixed32(bytes))
        default: try reader.varint(bytes)
        }
    }

    private static func write(
        _ value: Value, _ kind: OTLPSchema.Kind, _ bytes: Span<UInt8>, to writer: inout JSONWriter
    ) throws(OTLPDecodingError) {
        switch value {
        case .number(let bits): write(bits, kind, to: &writer)
        case .content(let range):
            if case .message(let inner) = kind { return try write(bytes, range, inner, to: &writer) }
            let content = bytes.extracting(range).withUnsafeBufferPointer { Array($0) }
            switch kind {
            case .string: writer.string(String(decoding: content, as: UTF8.self))
            case .identifier: writer.string(HexadecimalID.text(of: content))
            default: writer.string(Data(content).base64EncodedString())
            }
        }
    }

    private static func write(_ bits: UInt64, _ kind: OTLPSchema.Kind, to writer: inout JSONWriter) {
        switch kind {
        case .int32, .enumeration, .sfixed32: writer.number(Int32(truncatingIfNeeded: bits))
        case .uint32, .fixed32: writer.number(UInt32(truncatingIfNeeded: bits))
        case .sint32: writer.number(Int32(truncatingIfNeeded: unzigzag(bits)))
        case .int64, .sfixed64: writer.string(String(Int64(bitPattern: bits)))
        case .sint64: writer.string(String(unzigzag(bits)))
        case .uint64, .fixed64: writer.string(String(bits))
        case .bool: writer.bool(bits != 0)
        case .double: writer.number(Double(bitPattern: bits))
        case .float: writer.number(Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits))))
        case .string, .bytes, .identifier, .message: break
        }
    }

    private static func unzigzag(_ bits: UInt64) -> Int64 { Int64(bitPattern: bits >> 1) ^ -Int64(bits & 1) }
}
