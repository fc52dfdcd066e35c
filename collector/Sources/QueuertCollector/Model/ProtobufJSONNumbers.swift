import Foundation

// The numbers of protobuf's JSON mapping: 64-bit integers come as text or as numbers, and floating point numbers may be
// the words for what JSON's numbers can't say.

extension KeyedDecodingContainer {
    /// Decodes a whole number that is written as text or as a number.
    ///
    /// - Parameters:
    ///   - type: The type of the number.
    ///   - key: Where it is.
    /// - Returns: The number, or `nil` if there is none.
    /// - Throws: `DecodingError` if it isn't a whole number, or doesn't fit.
    func decodeInteger<Number: FixedWidthInteger & Decodable>(_ type: Number.Type, forKey key: Key) throws -> Number? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        guard let text = try? decode(String.self, forKey: key) else { return try decode(type, forKey: key) }
        guard let number = Number(text) else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self, debugDescription: "not a whole number that fits")
        }
        return number
    }

    /// Decodes a floating point number that is written as a number, as text or as one of three words.
    ///
    /// - Parameter key: Where it is.
    /// - Returns: The number, or `nil` if there is none.
    /// - Throws: `DecodingError` if it isn't a number.
    func decodeDouble(forKey key: Key) throws -> Double? {
        guard contains(key), try !decodeNil(forKey: key) else { return nil }
        guard let text = try? decode(String.self, forKey: key) else { return try decode(Double.self, forKey: key) }
        switch text {
        case "NaN": return .nan
        case "Infinity": return .infinity
        case "-Infinity": return -.infinity
        default:
            guard let number = Double(text), number.isFinite else {
                throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not a number")
            }
            return number
        }
    }
}

extension KeyedEncodingContainer {
    /// Encodes a floating point number as a number, or as a word if JSON has no number for it.
    ///
    /// - Parameters:
    ///   - number: The number.
    ///   - key: Where it goes.
    /// - Throws: What the encoder throws.
    mutating func encodeDouble(_ number: Double, forKey key: Key) throws {
        if number.isFinite {
            try encode(number, forKey: key)
        } else if number.isNaN {
            try encode("NaN", forKey: key)
        } else {
            try encode(number < 0 ? "-Infinity" : "Infinity", forKey: key)
        }
    }

    /// Encodes a whole number as text, which keeps all of its digits in JavaScript.
    ///
    /// - Parameters:
    ///   - number: The number.
    ///   - key: Where it goes.
    /// - Throws: What the encoder throws.
    mutating func encodeInteger(_ number: some FixedWidthInteger, forKey key: Key) throws {
        try encode(String(number), forKey: key)
    }
}
