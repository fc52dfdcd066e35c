public import Queuert

extension PostgresStateOperations {
    /// Deletes chains with all their jobs and records.
    ///
    /// - Parameter request: Which chains.
    /// - Returns: What was deleted, each once, in the order of creation.
    /// - Throws: ``Queuert/ChainHasDependantsError`` if a job that has not ended, of a chain that is not deleted, waits or waited
    ///   for one of the named chains, or ``PostgresError``. Then nothing is changed.
    public func deleteChains(_ request: DeletionRequest) throws -> [DeletedChain] {
        if request.chainIDs.isEmpty { return [] }
        return try session.whole { try delete(request) }
    }

    private func delete(_ request: DeletionRequest) throws -> [DeletedChain] {
        var named = try lock(chains: request.chainIDs.uniqued())
        guard !named.isEmpty else { return [] }
        // In the order in which they were named, which is also that of references in an error.
        let existing = Set(named)
        named = request.chainIDs.uniqued().filter(existing.contains)
        var found: [JobID] = []
        while true {
            let all = request.cascade ? try withBlockers(named) : named
            // Whoever held a lock may have continued a chain with a job that waits for further ones.
            if Set(all).isSubset(of: found) { break }
            found = all
            if request.cascade { _ = try lock(chains: found) }
            _ = try lockedLastJobs(ofLocked: found)
        }
        let needs = try needs(for: found)
        let kept = ChainHasDependantsError.kept(of: Set(found).subtracting(named), among: Set(found), needs: needs)
        let deleted = Set(found).subtracting(kept)
        let references = needs.filter { existing.contains($0.chainID) && !deleted.contains($0.jobChainID) }
        if !references.isEmpty { throw ChainHasDependantsError(references: Array(references.prefix(100))) }
        let chains = try session.run(statements.delete.ends, list(deleted)).rows.map { row in
            let last = row.claimedJob(idType)
            let first = row.job(idType, from: PostgresTables.columnNames.count + 5)
            return DeletedChain(
                ends: ChainEnds(first: first, last: last.row),
                interrupted: last.row.leasedUntil == nil ? nil : last)
        }
        try delete(chains.map(\.ends.first.id))
        return chains
    }

    /// Chains, those that their jobs waited for, and so on.
    private func withBlockers(_ chainIDs: [JobID]) throws -> [JobID] {
        try session.run(statements.delete.existingWithBlockers, list(chainIDs)).rows.map { $0.jobID(0, idType) }
    }

    /// Keeps others from ending chains, and from beginning to wait for them.
    ///
    /// - Returns: Those that exist.
    func lock(chains: [JobID]) throws -> [JobID] {
        let commands = [
            PostgresCommand(query: statements.change.readCommitted),
            PostgresCommand(query: statements.change.lockChains, parameters: list(chains)),
        ]
        return try session.run(commands)[1].rows.map { $0.jobID(0, idType) }
    }

    /// Deletes chains that nothing needs.
    func delete(_ chainIDs: [JobID]) throws {
        guard !chainIDs.isEmpty else { return }
        let parameters = list(chainIDs)
        _ = try session.send(statements.delete.removals.map { PostgresCommand(query: $0, parameters: parameters) })
    }

    /// The jobs that have not ended, of other chains, and wait or waited for some chains.
    func needs(for chainIDs: [JobID]) throws -> [ChainHasDependantsError.Reference] {
        if chainIDs.isEmpty { return [] }
        return try session.run(statements.delete.needs, list(chainIDs)).rows.map(reference)
    }
}
