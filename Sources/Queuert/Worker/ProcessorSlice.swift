/// Processors that belong together, such as those of a module.
///
/// ```swift
/// let worker = try Worker(client: client, slices: [Orders.processors, Invoices.processors])
/// ```
public struct ProcessorSlice<Adapter: StateAdapter>: Sendable {
    /// What errors call the slice.
    public let name: String
    /// The processors.
    public let processors: [Processor<Adapter>]

    /// Makes a slice.
    ///
    /// - Parameters:
    ///   - name: What errors call the slice.
    ///   - processors: The processors.
    public init(_ name: String, _ processors: [Processor<Adapter>]) {
        self.name = name
        self.processors = processors
    }
}

extension ProcessorSlice {
    /// The processors of a worker by the names of their types, after checking these types and all that they lead to.
    static func merge(_ slices: [ProcessorSlice], types: JobTypes?) throws -> [String: Processor<Adapter>] {
        var byName: [String: (slice: String, processor: Processor<Adapter>)] = [:]
        for slice in slices {
            for processor in slice.processors {
                let typeName = processor.typeName
                if let known = byName.updateValue((slice.name, processor), forKey: typeName) {
                    // Two types of one name are the greater mistake, and are told first.
                    _ = try JobTypes([known.processor.type, processor.type])
                    let slices = [known.slice, slice.name].filter { !$0.isEmpty }
                    throw DuplicateJobTypeError(typeName: typeName, slices: slices)
                }
            }
        }
        let processors = byName.mapValues(\.processor)
        _ = try JobTypes(processors.values.map(\.type))
        if let types {
            for processor in processors.values { try types.check(processor.type) }
        }
        return processors
    }
}
