/// A body that isn't an OTLP request, or that would cost too much to read.
package struct OTLPDecodingError: Error, Sendable, CustomStringConvertible {
    /// What is wrong with a body.
    package enum Code: String, Sendable {
        /// It isn't protobuf or JSON of the right form.
        case malformed
        /// Its values are nested too deeply.
        case tooDeep
        /// It holds too many messages or fields.
        case tooMany
    }

    /// What is wrong.
    package let code: Code
    /// A sentence that says what is wrong.
    package let message: String
    /// A sentence that says what to do.
    package let hint: String

    static func malformed(_ message: String) -> Self {
        .init(
            code: .malformed, message: message,
            hint: "Send an OTLP export request of that path in the encoding that Content-Type names.")
    }

    static let tooDeep = Self(
        code: .tooDeep, message: "values are nested deeper than \(OTLPLimits.valueDepth)",
        hint: "Flatten the attribute's value.")

    static func tooMany(_ what: String) -> Self {
        .init(code: .tooMany, message: "the request holds too many \(what)", hint: "Send smaller batches.")
    }

    /// The message and the hint.
    package var description: String { "\(message). \(hint)" }
}

/// What a request may cost at most.
enum OTLPLimits {
    /// The bytes of a request, before and after decompression; the number is OTLP's.
    static let requestBytes = 64 * 1024 * 1024
    /// How many times as large a compressed body may become.
    ///
    /// Spans in batches become 15 to 50 times as large, and no compression of gzip's more than 1,032 times.
    static let compressionRatio = 400
    /// What may come out of a compressed body however small it is.
    static let unsuspiciousBytes = 4 * 1024 * 1024
    /// How many values may be inside each other.
    static let valueDepth = 64
    /// How many messages, or JSON objects and arrays, a request may hold.
    ///
    /// A request of ordinary spans that has the full size holds 3 million.
    static let messages = 4_000_000
    /// How many fields one message may hold.
    static let fieldsOfMessage = 1_000_000
    /// How many unknown fields a request may hold; the decoder keeps each in memory of its own.
    static let unknownFields = 100_000
    /// How many bytes the resources of a request may have, each counted for each of its scopes, with which it is stored.
    static let resourceBytes = 64 * 1024 * 1024
}
