/// JSON for what is plain, as most inputs and outputs are, in a third of the time that Foundation takes: with that,
/// JSON was a quarter of what a job costs.
///
/// Foundation has the last word. A text that is unusual is left to it before any value sees it: one with escapes by
/// number, names that come twice or aren't ASCII, or more than 100 levels. Of the rest it is asked for what it has a
/// form of its own for, such as data and links, and for numbers that are odd, each alone. What a value finds when it
/// encodes or decodes itself is what it finds with Foundation: errors, paths, counts, encoders and decoders that it
/// keeps.
///
/// It differs in this. Paths are made of names and places, with keys of ``PlainJSONKey``, where Foundation has the keys
/// that were used; and when encoding they go through nested containers, which Foundation leaves out. A number that
/// doesn't fit is a `DecodingError` with its path, where Foundation gives the value an error that has no public type,
/// and the caller one without a path.
package enum PlainJSON {
    /// Encodes a value.
    ///
    /// - Parameter value: The value.
    /// - Returns: The JSON; `nil` if Foundation has to say what comes of the value.
    /// - Throws: `EncodingError`, or the value's error.
    package static func encode<Value: Encodable>(_ value: Value) throws -> String? {
        // Many outputs are one number.
        if Value.self == Int.self { return String(sameValue(value, as: Int.self)) }
        return try PlainJSONWriter().write(value)
    }

    /// Decodes a value.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - text: The JSON.
    /// - Returns: The value; `nil` if the text is not plain.
    /// - Throws: `DecodingError` if it is not that of such a value, or the value's error.
    package static func decode<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value? {
        try PlainJSONDecoder(text)?.decode(type)
    }

    /// How many names an object may have that are looked at one by one; of more it keeps a directory.
    static var fewNames: Int { 32 }
}
