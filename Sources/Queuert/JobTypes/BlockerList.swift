/// The chains that a job type waits for: ``NoBlockers``, ``Blocked`` or ``BlockedByAll``.
public protocol BlockerList: Sendable {
    /// What is passed when such a job is created: the chains.
    associatedtype Chains: Sendable
    /// What the handler is given: the chains' outputs.
    associatedtype Outputs: Sendable
    /// Lists the chains, in order.
    ///
    /// - Parameter chains: The chains.
    /// - Returns: Their identifiers and the names of their types.
    static func references(_ chains: Chains) -> [BlockerReference]
    /// Decodes the chains' outputs.
    ///
    /// - Parameter source: The outputs, in order.
    /// - Returns: The outputs, typed.
    /// - Throws: ``JobDataError`` if an output is missing or isn't of its type.
    static func decode(from source: inout BlockerOutputs) throws -> Outputs
}

/// A chain that a job waits for.
public struct BlockerReference: Sendable, Hashable {
    /// The chain.
    public let chainID: JobID
    /// The name of the type that the chain started with.
    public let typeName: String
}

/// The outputs of the chains that a job waited for, handed out in order.
public struct BlockerOutputs {
    private var remaining: ArraySlice<String>
    private let codec: JobCodec
    private let jobID: JobID

    init(_ outputs: [String], codec: JobCodec, jobID: JobID) {
        remaining = outputs[...]
        self.codec = codec
        self.jobID = jobID
    }

    /// Whether all have been handed out.
    public var isAtEnd: Bool { remaining.isEmpty }

    /// Decodes the next output.
    ///
    /// - Parameter type: The type of the chain.
    /// - Returns: The output.
    /// - Throws: ``JobDataError`` if there is none left or it isn't of its type.
    public mutating func next<Entry: EntryJobType>(_ type: Entry.Type) throws -> Entry.Output {
        guard let text = remaining.popFirst() else {
            throw JobDataError(
                code: .missingBlocker, typeName: Entry.name, jobID: jobID, underlying: "fewer blockers are stored")
        }
        return try codec.decode(Entry.Output.self, from: text, as: .blockerOutput, typeName: Entry.name, jobID: jobID)
    }
}

/// The job waits for nothing.
public enum NoBlockers: BlockerList {
    /// Nothing is passed.
    public typealias Chains = Void
    /// Nothing is given.
    public typealias Outputs = Void
    /// Lists no chains.
    ///
    /// - Parameter chains: Nothing.
    /// - Returns: Nothing.
    public static func references(_ chains: Void) -> [BlockerReference] { [] }
    /// Decodes nothing.
    ///
    /// - Parameter source: Not used.
    /// - Throws: Never.
    public static func decode(from source: inout BlockerOutputs) throws {}
}

/// The job waits for a fixed tuple of chains, one slot each.
public struct Blocked<each Entry: EntryJobType>: BlockerList {
    /// A chain for each slot.
    public typealias Chains = (repeat Chain<each Entry>)
    /// An output for each slot.
    public typealias Outputs = (repeat (each Entry).Output)
    /// Lists the chains.
    ///
    /// - Parameter chains: The chains.
    /// - Returns: Their identifiers and the names of their types.
    public static func references(_ chains: Chains) -> [BlockerReference] {
        var references: [BlockerReference] = []
        for (chain, type) in repeat (each chains, (each Entry).self) {
            references.append(BlockerReference(chainID: chain.id, typeName: type.name))
        }
        return references
    }
    /// Decodes the outputs.
    ///
    /// - Parameter source: The outputs, in order.
    /// - Returns: The outputs, typed.
    /// - Throws: ``JobDataError`` if an output is missing or isn't of its type.
    public static func decode(from source: inout BlockerOutputs) throws -> Outputs {
        (repeat try source.next((each Entry).self))
    }
}

/// The job waits for any number of chains of one type.
public enum BlockedByAll<Entry: EntryJobType>: BlockerList {
    /// The chains.
    public typealias Chains = [Chain<Entry>]
    /// Their outputs, in the order of the chains.
    public typealias Outputs = [Entry.Output]
    /// Lists the chains.
    ///
    /// - Parameter chains: The chains.
    /// - Returns: Their identifiers and the names of their types.
    public static func references(_ chains: Chains) -> [BlockerReference] {
        chains.map { BlockerReference(chainID: $0.id, typeName: Entry.name) }
    }
    /// Decodes the outputs.
    ///
    /// - Parameter source: The outputs, in order.
    /// - Returns: The outputs, typed.
    /// - Throws: ``JobDataError`` if an output isn't of its type.
    public static func decode(from source: inout BlockerOutputs) throws -> Outputs {
        var outputs: [Entry.Output] = []
        while !source.isAtEnd { outputs.append(try source.next(Entry.self)) }
        return outputs
    }
}
