internal import Foundation

/// The input of a chain that wants to know which occurrence it runs for.
///
/// ```swift
/// enum DailyReport: EntryJobType {
///     static let name = "daily-report"
///     struct Settings: Codable, Sendable { var recipient: String }
///     typealias Input = Occurrence<Settings>
///     typealias Output = String
/// }
/// ```
///
/// Such a chain may also be started by hand, for a time of one's own.
public struct Occurrence<Payload: Codable & Sendable>: Codable, Sendable {
    /// When the work was to be done by its rule, however late it is.
    public let time: Timestamp
    /// What was given when the work was made to recur.
    public let payload: Payload

    /// Makes an input, to start a chain by hand.
    ///
    /// - Parameters:
    ///   - time: The time that the chain runs for.
    ///   - payload: What the work is given.
    public init(time: Timestamp, payload: Payload) {
        self.time = time
        self.payload = payload
    }

    /// Reads an input.
    ///
    /// - Parameter decoder: Holds the time, and the payload as JSON text.
    /// - Throws: `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let stored = try StoredOccurrence(from: decoder)
        time = Timestamp(microseconds: stored.time)
        payload = try JSONDecoder().decode(Payload.self, from: Data(stored.payload.utf8))
    }

    /// Writes an input.
    ///
    /// - Parameter encoder: Takes the time, and the payload as JSON text.
    /// - Throws: What the encoder throws, or `EncodingError`.
    public func encode(to encoder: any Encoder) throws {
        try StoredOccurrence(time: time, payload: canonicalJSON(payload)).encode(to: encoder)
    }
}

extension Occurrence: Equatable where Payload: Equatable {}
extension Occurrence: Hashable where Payload: Hashable {}

/// An ``Occurrence`` whose payload's type is not known: the worker that starts the chain has only its text.
struct StoredOccurrence: Codable, Sendable {
    /// In microseconds since 1970-01-01 00:00:00 UTC.
    var time: Int64
    var payload: String

    init(time: Timestamp, payload: String) {
        self.time = time.microseconds
        self.payload = payload
    }
}

/// JSON that is the same text for the same value, in each process.
func canonicalJSON(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}
