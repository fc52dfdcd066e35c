package import Foundation

/// The value of an attribute, in any of the kinds that OTLP knows.
///
/// Its coded form is OTLP's JSON, so one form serves what is received, what is stored and what the page is given.
package indirect enum ReceivedValue: Hashable, Sendable {
    /// No value at all.
    case empty
    /// Text.
    case string(String)
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// A floating point number.
    case double(Double)
    /// Bytes.
    case bytes(Data)
    /// Values in order.
    case array([ReceivedValue])
    /// Named values in order.
    case list([ReceivedAttribute])

    /// The text, if the value is text.
    package var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

/// A named value.
package struct ReceivedAttribute: Hashable, Sendable {
    /// The name.
    package var key: String
    /// The value.
    package var value: ReceivedValue

    /// Makes an attribute.
    ///
    /// - Parameters:
    ///   - key: The name.
    ///   - value: The value.
    package init(_ key: String, _ value: ReceivedValue) {
        self.key = key
        self.value = value
    }
}

extension ReceivedAttribute: Codable {
    private enum CodingKeys: String, CodingKey { case key, value }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        key = try container.decodeIfPresent(String.self, forKey: .key) ?? ""
        value = try container.decodeIfPresent(ReceivedValue.self, forKey: .value) ?? .empty
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(key, forKey: .key)
        try container.encode(value, forKey: .value)
    }
}

extension ReceivedValue: Codable {
    private enum CodingKeys: String, CodingKey {
        case stringValue, boolValue, intValue, doubleValue, bytesValue, arrayValue, kvlistValue
    }
    private struct ArrayValue: Codable { var values: [ReceivedValue]? }
    private struct KeyValueList: Codable { var values: [ReceivedAttribute]? }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let text = try container.decodeIfPresent(String.self, forKey: .stringValue) {
            self = .string(text)
        } else if let truth = try container.decodeIfPresent(Bool.self, forKey: .boolValue) {
            self = .bool(truth)
        } else if let number = try container.decodeInteger(Int64.self, forKey: .intValue) {
            self = .int(number)
        } else if let number = try container.decodeDouble(forKey: .doubleValue) {
            self = .double(number)
        } else if let bytes = try container.decodeIfPresent(Data.self, forKey: .bytesValue) {
            self = .bytes(bytes)
        } else if let array = try container.decodeIfPresent(ArrayValue.self, forKey: .arrayValue) {
            self = .array(array.values ?? [])
        } else if let list = try container.decodeIfPresent(KeyValueList.self, forKey: .kvlistValue) {
            self = .list(list.values ?? [])
        } else {
            self = .empty
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .empty: break
        case .string(let text): try container.encode(text, forKey: .stringValue)
        case .bool(let truth): try container.encode(truth, forKey: .boolValue)
        case .int(let number): try container.encode(String(number), forKey: .intValue)
        case .double(let number): try container.encodeDouble(number, forKey: .doubleValue)
        case .bytes(let bytes): try container.encode(bytes, forKey: .bytesValue)
        case .array(let values): try container.encode(ArrayValue(values: values), forKey: .arrayValue)
        case .list(let attributes): try container.encode(KeyValueList(values: attributes), forKey: .kvlistValue)
        }
    }
}
