extension Blocked {
    /// The job waits for a fixed tuple of chains, and for any number of chains of one more type.
    ///
    /// ```swift
    /// typealias Blockers = Blocked<ReadTemplate, ReadAddress>.AndAll<RenderPage>
    /// ```
    ///
    /// The chains are passed as one tuple whose last element is an array, and so the handler sees their outputs:
    /// `blockers: (template, address, pages)`.
    public struct AndAll<Rest: EntryJobType>: BlockerList {
        /// A chain for each slot, and the rest.
        public typealias Chains = (repeat Chain<each Entry>, [Chain<Rest>])
        /// An output for each slot, and those of the rest, in the order of the chains.
        public typealias Outputs = (repeat (each Entry).Output, [Rest.Output])
        /// The type of each slot, and that of the rest.
        public static var entryTypes: [any EntryJobType.Type] { Blocked<repeat each Entry>.entryTypes + [Rest.self] }
        /// Lists the chains.
        ///
        /// - Parameter chains: The chains.
        /// - Returns: Their identifiers and the names of their types.
        public static func references(_ chains: Chains) -> [BlockerReference] {
            // The compiler (6.3) can't take apart a tuple that holds a pack and something else, but a mirror can.
            Mirror(reflecting: chains).children.flatMap { ($0.value as? any BlockerSlot)?.references ?? [] }
        }
        /// Decodes the outputs.
        ///
        /// - Parameter source: The outputs, in order.
        /// - Returns: The outputs, typed.
        /// - Throws: ``JobDataError`` if an output is missing or isn't of its type.
        public static func decode(from source: inout BlockerOutputs) throws -> Outputs {
            (repeat try source.next((each Entry).self), try source.rest(Rest.self))
        }
    }
}

/// What a slot of a blocker tuple holds: a chain, or any number of them.
private protocol BlockerSlot {
    var references: [BlockerReference] { get }
}

extension Chain: BlockerSlot {
    fileprivate var references: [BlockerReference] { [BlockerReference(self)] }
}

extension Array: BlockerSlot where Element: BlockerSlot {
    fileprivate var references: [BlockerReference] { flatMap(\.references) }
}
