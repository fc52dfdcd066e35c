internal import Foundation

/// JSON for what is plain, as most inputs and outputs are, in a third of the time that Foundation takes: with that, JSON was a
/// quarter of what a job costs.
///
/// Foundation has the last word. Whatever is unusual is left to it: types that it writes in a form of their own, escapes by
/// number, names that come twice, and every error. So a value has the same form and a text the same meaning as with
/// Foundation alone; what is left to Foundation is only slower.
package enum PlainJSON {
    /// Encodes a value.
    ///
    /// - Parameter value: The value.
    /// - Returns: The JSON; `nil` if it is not plain.
    package static func encode<Value: Encodable>(_ value: Value) -> String? {
        let writer = PlainJSONWriter()
        do { try writer.write(value) } catch { return nil }
        return writer.text
    }

    /// Decodes a value.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - text: The JSON.
    /// - Returns: The value; `nil` if the text is not plain, or not that of such a value.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: String) -> Value? {
        guard let document = PlainJSONDocument(text) else { return nil }
        guard let value = try? document.decode(type, at: 0), document.isPlain else { return nil }
        return value
    }

    /// How many objects and arrays may be in each other: Foundation allows 511, and a stack has an end.
    static var depthLimit: Int { 100 }

    /// Whether Foundation has a form of its own for a type, other than the one that the type gives itself.
    static func hasOwnForm(_ type: Any.Type) -> Bool {
        type == Data.self || type == URL.self || type == Decimal.self
    }
}

/// Something is left to Foundation; nobody sees this.
struct NotPlainJSON: Error {}
