public import Queuert

extension SQLiteStateOperations {
    /// Deletes chains with all their jobs and records.
    ///
    /// - Parameter request: Which chains.
    /// - Returns: What was deleted, each once, in the order of creation.
    /// - Throws: ``Queuert/ChainHasDependantsError`` if a job that has not ended, of a chain that is not deleted, waits or waited
    ///   for one of the named chains, or ``SQLiteError``. Then nothing is changed.
    public func deleteChains(_ request: DeletionRequest) throws -> [DeletedChain] {
        let list = SQLiteValue(list: request.chainIDs.uniqued().map(\.rawValue))
        let named = try connection.all(statements.delete.existing, [list]) { $0.jobID(0) }
        guard !named.isEmpty else { return [] }
        let found =
            request.cascade ? try connection.all(statements.delete.existingWithBlockers, [list]) { $0.jobID(0) } : named
        let needs = try needs(for: found)
        let kept = ChainHasDependantsError.kept(of: Set(found).subtracting(named), among: Set(found), needs: needs)
        let deleted = Set(found).subtracting(kept)
        let isNamed = Set(named)
        let references = needs.filter { isNamed.contains($0.chainID) && !deleted.contains($0.jobChainID) }
        if !references.isEmpty { throw ChainHasDependantsError(references: Array(references.prefix(100))) }
        let chains = try ends(ofChains: found.filter(deleted.contains)).map { ends in
            DeletedChain(ends: ends, interrupted: ends.last.leasedUntil == nil ? nil : try claimed(ends.last))
        }
        try connection.whole { try delete(chains.map(\.ends.first.id)) }
        return chains
    }

    /// Deletes chains that nothing needs.
    func delete(_ chainIDs: [JobID]) throws {
        guard !chainIDs.isEmpty else { return }
        let list = SQLiteValue(list: chainIDs.map(\.rawValue))
        for removal in statements.delete.removals { try connection.run(removal, [list]) }
    }

    /// The jobs that have not ended, of other chains, and wait or waited for some chains.
    func needs(for chainIDs: [JobID]) throws -> [ChainHasDependantsError.Reference] {
        try connection.all(statements.delete.needs, [SQLiteValue(list: chainIDs.map(\.rawValue))]) { row in
            ChainHasDependantsError.Reference(chainID: row.jobID(0), jobID: row.jobID(1), jobChainID: row.jobID(2))
        }
    }

    private func ends(ofChains chainIDs: [JobID]) throws -> [ChainEnds] {
        let list = SQLiteValue(list: chainIDs.map(\.rawValue))
        let firsts = try connection.all(statements.delete.firstJobs, [list]) { $0.job() }
        let lasts = Dictionary(
            try connection.all(statements.delete.lastJobs, [list]) { $0.job() }.map { ($0.chainID, $0) },
            uniquingKeysWith: { $1 })
        return firsts.map { ChainEnds(first: $0, last: lasts[$0.id] ?? $0) }
    }
}
