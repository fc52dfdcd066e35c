extension MemoryStateOperations {
    /// Lists chains, a page at a time.
    ///
    /// - Parameter query: Which chains, and in which order.
    /// - Returns: The ends of the chains, and where to go on.
    /// - Throws: ``InvalidCursorError``.
    public func chains(_ query: ChainQuery) throws -> Page<ChainEnds> {
        let now = now
        let list = MemoryList(
            kind: .chains, order: query.order, createdFrom: query.createdFrom, createdBefore: query.createdBefore,
            after: query.after, limit: query.limit)
        let types = query.typeNames.map(Set.init)
        let lists =
            query.chainIDs.map { [keys(of: $0.filter { store.chains[$0] != nil })] }
            ?? store.indexes.chains.lists(ofTypes: query.typeNames, openOnly: isOpenOnly(query.statuses))
        return try list.page(of: lists) { id in
            guard let ends = ends(ofChain: id), types?.contains(ends.first.typeName) ?? true,
                query.statuses?.contains(ends.last.status(at: now)) ?? true, !query.onlyRoots || store.waits[id] == nil
            else { return nil }
            return ends
        }
    }

    /// Lists jobs, a page at a time.
    ///
    /// - Parameter query: Which jobs, and in which order.
    /// - Returns: The jobs, and where to go on.
    /// - Throws: ``InvalidCursorError``.
    public func jobs(_ query: JobQuery) throws -> Page<JobRow> {
        let now = now
        let list = MemoryList(
            kind: .jobs, order: query.order, createdFrom: query.createdFrom, createdBefore: query.createdBefore,
            after: query.after, limit: query.limit)
        let types = query.typeNames.map(Set.init)
        let chainTypes = query.chainTypeNames.map(Set.init)
        let chains = query.chainIDs.map(Set.init)
        let waiting = query.waitingForChain.map { Set(store.waits[$0]?.ascending().map(\.job.id) ?? []) }
        let named = query.jobIDs.map(Set.init)
        let lists =
            (named ?? waiting ?? chains.map { Set($0.flatMap { store.chains[$0] ?? [] }) }).map { [keys(of: $0)] }
            ?? store.indexes.jobs.lists(ofTypes: query.typeNames, openOnly: isOpenOnly(query.statuses))
        return try list.page(of: lists) { id in
            guard let row = row(id), types?.contains(row.typeName) ?? true,
                chainTypes?.contains(row.chainTypeName) ?? true, chains?.contains(row.chainID) ?? true,
                waiting?.contains(id) ?? true, query.statuses?.contains(row.status(at: now)) ?? true
            else { return nil }
            return row
        }
    }

    private func keys(of ids: some Sequence<JobID>) -> SortedSet<CreationKey> {
        var keys = SortedSet<CreationKey>()
        for id in ids { if let key = store.jobs[id]?.key { keys.insert(key) } }
        return keys
    }

    /// Whether only what has not ended is wanted, of which there is much less.
    private func isOpenOnly(_ statuses: Set<JobStatus>?) -> Bool {
        statuses?.isDisjoint(with: [.completed, .continued, .cancelled]) ?? false
    }
}
