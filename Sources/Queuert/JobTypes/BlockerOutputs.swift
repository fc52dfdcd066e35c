/// The outputs of the chains that a job waited for, handed out in order.
public struct BlockerOutputs {
    private var remaining: ArraySlice<ClaimedBlocker>
    private let codec: JobCodec
    private let jobTypeName: String
    private let jobID: JobID

    init(_ blockers: [ClaimedBlocker], codec: JobCodec, of row: JobRow) {
        remaining = blockers[...]
        self.codec = codec
        jobTypeName = row.typeName
        jobID = row.id
    }

    /// Whether all have been handed out.
    public var isAtEnd: Bool { remaining.isEmpty }

    /// Decodes the next output.
    ///
    /// - Parameter type: The type of the chain.
    /// - Returns: The output.
    /// - Throws: ``JobDataError`` if there is none left, the chain is of another type, or its output can't be decoded or is
    ///   refused by the type.
    public mutating func next<Entry: EntryJobType>(_ type: Entry.Type) throws -> Entry.Output {
        guard let blocker = remaining.popFirst() else { throw failure(.missingBlocker, "fewer blockers are stored") }
        guard blocker.chainTypeName == Entry.name else {
            throw failure(.unexpectedBlocker, "\(blocker.chainTypeName) is stored where \(Entry.name) is declared")
        }
        return try codec.decodeBlockerOutput(of: type, from: blocker.output, for: jobID)
    }

    /// Decodes all outputs that are left.
    ///
    /// - Parameter type: The type of the chains.
    /// - Returns: The outputs.
    /// - Throws: ``JobDataError`` if a chain is of another type, or its output can't be decoded or is refused by the type.
    public mutating func rest<Entry: EntryJobType>(_ type: Entry.Type) throws -> [Entry.Output] {
        var outputs: [Entry.Output] = []
        outputs.reserveCapacity(remaining.count)
        while !isAtEnd { outputs.append(try next(type)) }
        return outputs
    }

    /// Decodes all outputs of a job.
    static func all<Kind: JobType>(
        of _: Kind.Type, _ claimed: ClaimedJob, codec: JobCodec
    ) throws -> Kind.Blockers.Outputs {
        var source = BlockerOutputs(claimed.blockers, codec: codec, of: claimed.row)
        let outputs = try Kind.Blockers.decode(from: &source)
        guard source.isAtEnd else { throw source.failure(.unexpectedBlocker, "more blockers are stored") }
        return outputs
    }

    private func failure(_ code: JobDataError.Code, _ reason: String) -> JobDataError {
        JobDataError(code: code, direction: .reading, typeName: jobTypeName, jobID: jobID, underlying: reason)
    }
}
