/// The identifier of a job; a chain has its first job's.
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
}

/// Makes the identifiers of jobs.
public protocol JobIDGenerator: Sendable {
    /// Makes an identifier that no job has.
    ///
    /// - Parameter now: The time of day, for identifiers that sort by it.
    /// - Returns: The identifier.
    func makeJobID(at now: Timestamp) -> JobID
}
