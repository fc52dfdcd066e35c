/// An identifier that jobs may not have.
public struct InvalidJobIDError: RedactedError, Sendable, Hashable {
    /// Where an identifier came from.
    public enum Source: String, Sendable, Hashable {
        /// The client's ``JobIDGenerator`` made it.
        case generator
        /// The caller chose it.
        case caller
    }
    /// The identifier.
    public let id: JobID
    /// Where it came from.
    public let source: Source

    /// Makes the error.
    ///
    /// - Parameters:
    ///   - id: The identifier.
    ///   - source: Where it came from.
    public init(id: JobID, source: Source) {
        self.id = id
        self.source = source
    }

    /// What was wrong and what to do; without the identifier, which may hold anything.
    public var description: String {
        let origin =
            switch source {
            case .generator: "The client's `JobIDGenerator` made an identifier that it refuses itself"
            case .caller: "The identifier that was chosen for a job is refused by the client's `JobIDGenerator`"
            }
        return """
            \(origin): it has \(id.rawValue.utf8.count) bytes. By default, identifiers have 1 to 200 bytes and no control \
            characters.
            """
    }
}

extension InvalidJobIDError: CustomDebugStringConvertible {
    /// Everything, for developers.
    public var debugDescription: String { "\(description) [\(id.rawValue.debugDescription)]" }
}

/// An identifier that another job has already.
public struct DuplicateJobIDError: RedactedError, Sendable, Hashable {
    /// The identifier.
    public let id: JobID

    /// Makes the error.
    ///
    /// - Parameter id: The identifier.
    public init(id: JobID) { self.id = id }

    /// What was wrong and what to do.
    public var description: String {
        """
        There is a job \(id) already. Choose another identifier; to start a chain once only, give it a deduplication key.
        """
    }
}
