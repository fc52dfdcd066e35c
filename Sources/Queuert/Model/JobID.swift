/// The identifier of a job; a chain has its first job's.
///
/// Two are equal if they are so byte for byte, as to the database: texts that only look the same are two identifiers.
public struct JobID: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The identifier as it is stored.
    public let rawValue: String

    /// Makes an identifier of its stored form.
    ///
    /// - Parameter rawValue: The identifier as it is stored.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Reads the stored form.
    ///
    /// - Parameter decoder: Holds a string.
    /// - Throws: `DecodingError` if it holds something else.
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the stored form.
    ///
    /// - Parameter encoder: Is given a string.
    /// - Throws: What the encoder throws.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// The identifier as it is stored.
    public var description: String { rawValue }

    /// Whether two identifiers are the same, byte for byte.
    ///
    /// - Parameters:
    ///   - left: An identifier.
    ///   - right: Another one.
    /// - Returns: Whether they are the same.
    public static func == (left: Self, right: Self) -> Bool { left.rawValue.hasBytes(of: right.rawValue) }

    /// Hashes the bytes of the identifier.
    ///
    /// - Parameter hasher: What to hash into.
    public func hash(into hasher: inout Hasher) { rawValue.hashBytes(into: &hasher) }
}

/// Makes the identifiers of jobs.
public protocol JobIDGenerator: Sendable {
    /// Makes an identifier that no job has.
    ///
    /// - Parameter now: The time of day, for identifiers that sort by it.
    /// - Returns: The identifier.
    func makeJobID(at now: Timestamp) -> JobID

    /// Checks an identifier before a job is written with it: one that this made, or that a caller chose.
    ///
    /// By default an identifier may have up to 200 bytes, must not be empty and holds no control characters. A queue whose
    /// identifiers all have one form says so here.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: Whether jobs may have it.
    func isValid(_ id: JobID) -> Bool
}

extension JobIDGenerator {
    /// Checks that an identifier has 1 to 200 bytes and no control characters.
    ///
    /// - Parameter id: The identifier.
    /// - Returns: Whether jobs may have it.
    public func isValid(_ id: JobID) -> Bool { id.isWellFormed }
}

extension JobID {
    /// Whether the identifier has 1 to 200 bytes and no control characters.
    public var isWellFormed: Bool {
        1...200 ~= rawValue.utf8.count && rawValue.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f }
    }
}
