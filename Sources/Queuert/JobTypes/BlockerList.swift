/// The chains that a job type waits for: ``NoBlockers``, ``Blocked``, ``BlockedByAll`` or ``Blocked/AndAll``.
public protocol BlockerList: Sendable {
    /// What is passed when such a job is created: the chains.
    associatedtype Chains: Sendable
    /// What the handler is given: the chains' outputs.
    associatedtype Outputs: Sendable
    /// The types that the chains start with, one for each slot.
    static var entryTypes: [any EntryJobType.Type] { get }
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
    /// The name of the type that the chain started with, as the caller says.
    public let typeName: String

    /// Refers to a chain.
    ///
    /// - Parameter chain: The chain.
    public init<Entry: EntryJobType>(_ chain: Chain<Entry>) {
        chainID = chain.id
        typeName = Entry.name
    }
}

/// The job waits for nothing.
public enum NoBlockers: BlockerList {
    /// Nothing is passed.
    public typealias Chains = Void
    /// Nothing is given.
    public typealias Outputs = Void
    /// There are none.
    public static var entryTypes: [any EntryJobType.Type] { [] }
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
    /// The type of each slot.
    public static var entryTypes: [any EntryJobType.Type] {
        var types: [any EntryJobType.Type] = []
        for type in repeat (each Entry).self { types.append(type) }
        return types
    }
    /// Lists the chains.
    ///
    /// - Parameter chains: The chains.
    /// - Returns: Their identifiers and the names of their types.
    public static func references(_ chains: Chains) -> [BlockerReference] {
        var references: [BlockerReference] = []
        for chain in repeat each chains { references.append(BlockerReference(chain)) }
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
    /// The type of all chains.
    public static var entryTypes: [any EntryJobType.Type] { [Entry.self] }
    /// Lists the chains.
    ///
    /// - Parameter chains: The chains.
    /// - Returns: Their identifiers and the names of their types.
    public static func references(_ chains: Chains) -> [BlockerReference] {
        chains.map { BlockerReference($0) }
    }
    /// Decodes the outputs.
    ///
    /// - Parameter source: The outputs, in order.
    /// - Returns: The outputs, typed.
    /// - Throws: ``JobDataError`` if an output isn't of its type.
    public static func decode(from source: inout BlockerOutputs) throws -> Outputs {
        try source.rest(Entry.self)
    }
}
