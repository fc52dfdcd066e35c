import Foundation
import Queuert

/// The encoder and the decoder that the codec asks about what isn't plain.
enum FoundationJSON {
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return encoder
    }()
    private static let sortedEncoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        return encoder
    }()
    private static let decoder = JSONDecoder()

    static func encode<Value: Encodable>(_ value: Value, sorted: Bool = false) throws -> String {
        String(decoding: try (sorted ? sortedEncoder : encoder).encode(value), as: UTF8.self)
    }
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try decoder.decode(type, from: Data(text.utf8))
    }
}

/// The codec that is tested.
enum CodecJSON {
    private static let kind = PayloadKind(.input, of: "sample")

    static func encode<Value: Encodable>(_ value: Value) throws -> String {
        try JSONPayloadCodec().encode(value, as: kind)
    }
    static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONPayloadCodec().decode(type, from: text, as: kind)
    }
}

// MARK: - Comparing

/// Says itself what tells it from others of its type.
protocol Outlined { var outline: String { get } }

/// All that tells a value from others of its type, to the last bit of a number and the last scalar of a text.
func outline(_ value: Any) -> String {
    switch value {
    case let value as any Outlined: return value.outline
    case let text as String:
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return "\"\(text)\"" }
        return "\"\(text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined())\""
    case let number as Double: return "\(number) (\(number.bitPattern))"
    case let number as Float: return "\(number) (\(number.bitPattern))"
    case let number as any BinaryInteger: return "\(number)"
    case let date as Date: return outline(date.timeIntervalSinceReferenceDate)
    case let data as Data: return data.base64EncodedString()
    case let url as URL: return url.absoluteString
    case is Decimal, is UUID: return "\(value)"
    default: break
    }
    let mirror = Mirror(reflecting: value)
    var parts = mirror.children.map { "\($0.label ?? "") \(outline($0.value))" }
    var ancestor = mirror.superclassMirror
    while let level = ancestor {
        parts += level.children.map { "\($0.label ?? "") \(outline($0.value))" }
        ancestor = level.superclassMirror
    }
    if parts.isEmpty { return "\(value)" }
    if mirror.displayStyle == .dictionary || mirror.displayStyle == .set { parts.sort() }
    return "\(mirror.subjectType)(\(parts.joined(separator: ", ")))"
}

/// A path as text, with the numbers of its places, and names that are equal written in one way.
func pathText(_ path: [any CodingKey]) -> String {
    path.map { key in
        let name = key.stringValue.decomposedStringWithCanonicalMapping
        return key.intValue.map { "\(name)#\($0)" } ?? name
    }.joined(separator: "/")
}

/// What tells an error from others, and where it is.
func outline(of error: any Error) -> String {
    switch error {
    case DecodingError.typeMismatch(let type, let context): return "no \(type) at \(pathText(context.codingPath))"
    case DecodingError.valueNotFound(let type, let context): return "null as \(type) at \(pathText(context.codingPath))"
    case DecodingError.keyNotFound(let key, let context):
        return "nothing at \(pathText(context.codingPath + [key]))"
    case DecodingError.dataCorrupted(let context):
        // Foundation's decoder doesn't say where such a number is, and gives a value an error of its own.
        if context.debugDescription == "The given data was not valid JSON." { return "JSONError" }
        return "bad data at \(pathText(context.codingPath))"
    case EncodingError.invalidValue(let value, let context):
        return "can't encode \(outline(value)) at \(pathText(context.codingPath))"
    default: return "\(type(of: error))"
    }
}

/// What comes of an attempt: the outline of a value or of the error.
func outcome<Value>(_ attempt: () throws -> Value) -> String {
    do { return outline(try attempt()) } catch { return outline(of: error) }
}

/// How the codec or what is plain of it differs from Foundation about a text; `nil` if they agree.
///
/// - Parameters:
///   - type: What the text is read as.
///   - text: The text.
///   - isOrdered: Whether it is certain what is read first, and so which of several errors is found.
/// - Returns: What differs.
func decodingDifference<Value: Decodable>(_ type: Value.Type, _ text: String, isOrdered: Bool = true) -> String? {
    func read(_ decode: () throws -> Value) -> String {
        do { return outline(try decode()) } catch {
            return isOrdered ? outline(of: error) : "\(Swift.type(of: error))"
        }
    }
    let expected = read { try FoundationJSON.decode(type, from: text) }
    let actual = read { try CodecJSON.decode(type, from: text) }
    let plain = read { try PlainJSON.decode(type, from: text) ?? FoundationJSON.decode(type, from: text) }
    if actual == expected, plain == expected { return nil }
    return "\(text.debugDescription.prefix(300)) as \(type) is \(actual), plain \(plain), with Foundation \(expected)"
}

/// Whether two texts are the same JSON, or no JSON both.
func isSameJSON(_ left: String, _ right: String) -> Bool {
    func parsed(_ text: String) -> Any? {
        try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)
    }
    func isSame(_ left: Any, _ right: Any) -> Bool {
        switch (left, right) {
        case (let left as [String: Any], let right as [String: Any]):
            left.count == right.count
                && left.allSatisfy { name, value in right[name].map { isSame(value, $0) } ?? false }
        case (let left as [Any], let right as [Any]):
            left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        case (let left as NSNumber, let right as NSNumber): left == right || left.doubleValue == right.doubleValue
        case (let left as String, let right as String): left.utf8.elementsEqual(right.utf8)
        default: "\(left)" == "\(right)"
        }
    }
    switch (parsed(left), parsed(right)) {
    case (.some(let left), .some(let right)): return isSame(left, right)
    case (.none, .none): return true
    default: return false
    }
}
