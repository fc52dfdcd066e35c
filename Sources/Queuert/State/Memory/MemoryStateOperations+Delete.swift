extension MemoryStateOperations {
    /// Deletes chains with all their jobs and records.
    ///
    /// - Parameter request: Which chains.
    /// - Returns: What was deleted, each once.
    /// - Throws: ``ChainHasDependantsError`` if a job that has not ended, of a chain that is not deleted, waits or waited for
    ///   one of the named chains. Then nothing is changed.
    public func deleteChains(_ request: DeletionRequest) throws -> [DeletedChain] {
        let named = Set(request.chainIDs.filter { store.chains[$0] != nil })
        var deleted = named
        if request.cascade {
            deleted.formUnion(blockers(below: named))
            keepNeeded(in: &deleted, except: named)
        }
        let references = named.flatMap { chainID in needs(for: chainID, outside: deleted) }
        if !references.isEmpty { throw ChainHasDependantsError(references: Array(references.prefix(100))) }
        let keys = deleted.compactMap { store.jobs[$0]?.key }.sorted()
        // All are looked at first: an attempt tells of what its job waited for, which may be deleted along with it.
        let chains = keys.compactMap { key in
            ends(ofChain: key.id).map { ends in
                DeletedChain(ends: ends, interrupted: ends.last.leasedUntil == nil ? nil : claimed(ends.last))
            }
        }
        for chain in chains { delete(chain.ends.first.id) }
        return chains
    }

    /// Jobs that have not ended, of chains outside a set, and wait or waited for a chain.
    private func needs(
        for chainID: JobID, outside chains: Set<JobID>
    ) -> [ChainHasDependantsError.Reference] {
        (store.waits[chainID] ?? SortedSet()).ascending().compactMap { wait in
            guard let job = row(wait.job.id), !job.isEnded, !chains.contains(job.chainID) else { return nil }
            return ChainHasDependantsError.Reference(chainID: chainID, jobID: job.id, jobChainID: job.chainID)
        }
    }

    /// Whether a job that has not ended, of another chain, waits or waited for a chain.
    func isNeeded(_ chainID: JobID) -> Bool {
        store.waits[chainID] != nil && !needs(for: chainID, outside: [chainID]).isEmpty
    }

    private func blockers(ofChain chainID: JobID) -> [JobID] {
        (store.chains[chainID] ?? []).flatMap { store.blockers[$0]?.list.compactMap { $0?.chainID } ?? [] }
    }

    /// The chains that any job of some chains waited for, and what those waited for, and so on.
    private func blockers(below chains: Set<JobID>) -> Set<JobID> {
        var found = chains
        var queue = Array(chains)
        while let chainID = queue.popLast() {
            for blocker in blockers(ofChain: chainID) where found.insert(blocker).inserted { queue.append(blocker) }
        }
        return found.subtracting(chains)
    }

    /// Takes the chains out of a set that are needed outside it, and what they need in turn.
    private func keepNeeded(in chains: inout Set<JobID>, except named: Set<JobID>) {
        var queue = Array(chains.subtracting(named))
        while let chainID = queue.popLast() {
            guard chains.contains(chainID), !named.contains(chainID) else { continue }
            guard !needs(for: chainID, outside: chains).isEmpty else { continue }
            chains.remove(chainID)
            queue += blockers(ofChain: chainID)
        }
    }

    /// Deletes a chain that nothing needs.
    func delete(_ chainID: JobID) {
        freeDeduplicationKey(of: chainID)
        store.forgetWaits(for: chainID)
        for id in (store.chains[chainID] ?? []).reversed() {
            if store.blockers[id] != nil { store.setBlockers(nil, of: id) }
            store.removeAttempts(of: id)
            store.removeJob(id)
        }
    }

    private func freeDeduplicationKey(of chainID: JobID) {
        guard let first = store.jobs[chainID], let text = first.deduplicationKey else { return }
        let key = DeduplicationKey(chainTypeName: first.row.chainTypeName, key: text)
        if store.deduplication[key] == chainID { store.setChain(nil, for: key) }
    }
}
