/// What finds jobs without looking at all of them.
///
/// Follows from the jobs alone, so that undoing a change of a job undoes it here too.
struct MemoryIndexes {
    /// Jobs, or the first jobs of chains, in the order of creation.
    struct Created {
        private(set) var all = SortedSet<CreationKey>()
        private(set) var byType: [String: SortedSet<CreationKey>] = [:]
        /// Those of which, or of whose chains, something may still become.
        private(set) var open = SortedSet<CreationKey>()

        mutating func add(_ key: CreationKey, typeName: String) {
            all.insert(key)
            byType[typeName, default: SortedSet()].insert(key)
            open.insert(key)
        }

        mutating func remove(_ key: CreationKey, typeName: String) {
            all.remove(key)
            byType[typeName]?.remove(key)
            if byType[typeName]?.isEmpty == true { byType[typeName] = nil }
            open.remove(key)
        }

        mutating func setOpen(_ isOpen: Bool, _ key: CreationKey) {
            if isOpen { open.insert(key) } else { open.remove(key) }
        }
    }

    private(set) var types: [String: MemoryTypeIndex] = [:]
    private(set) var jobs = Created()
    private(set) var chains = Created()

    /// Follows a change of a job.
    ///
    /// - Parameters:
    ///   - before: The job before the change; `nil` if it is new.
    ///   - after: The job after the change; `nil` if it is gone.
    ///   - chainKey: Finds the place of the first job of its chain.
    mutating func replace(_ before: StoredJob?, with after: StoredJob?, chainKey: () -> CreationKey) {
        guard let job = after ?? before else { return }
        if before == nil {
            jobs.add(job.key, typeName: job.row.typeName)
            if job.row.chainIndex == 0 { chains.add(chainKey(), typeName: job.row.typeName) }
        }
        let places = (before.map { MemoryTypeIndex.Place($0.row) }, after.map { MemoryTypeIndex.Place($0.row) })
        if places.0 != places.1 { move(job.row, from: places.0, to: places.1) }
        let wasEnded = before?.row.isEnded ?? false
        let isEnded = after?.row.isEnded ?? false
        if wasEnded != isEnded { jobs.setOpen(!isEnded, job.key) }
        let endedChain = before?.row.endsChain ?? false
        let endsChain = after?.row.endsChain ?? false
        if endedChain != endsChain { chains.setOpen(!endsChain, chainKey()) }
        if after == nil {
            jobs.remove(job.key, typeName: job.row.typeName)
            if job.row.chainIndex == 0 { chains.remove(chainKey(), typeName: job.row.typeName) }
        }
    }

    private mutating func move(_ row: JobRow, from: MemoryTypeIndex.Place?, to: MemoryTypeIndex.Place?) {
        if let from { types[row.typeName]?.remove(row.id, from: from) }
        if let to { types[row.typeName, default: MemoryTypeIndex()].add(row.id, at: to) }
    }

    /// Makes jobs of a type ready that became due.
    mutating func makeReady(_ typeName: String, at now: Timestamp, rank: (JobID) -> MomentKey?) {
        types[typeName]?.move(to: now, rank: rank)
    }
}
