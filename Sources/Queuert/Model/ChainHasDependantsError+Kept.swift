extension ChainHasDependantsError {
    /// Those of the optional chains that are needed by others than what is deleted, and what these need in turn.
    ///
    /// - Parameters:
    ///   - optional: The chains that are deleted only as far as nothing else needs them.
    ///   - chains: All that are to be deleted.
    ///   - needs: The jobs that have not ended, and what they need of the chains that are to be deleted.
    /// - Returns: The chains that are kept.
    package static func kept(of optional: Set<JobID>, among chains: Set<JobID>, needs: [Reference]) -> Set<JobID> {
        guard !optional.isEmpty else { return [] }
        let needed = Dictionary(grouping: needs.filter { optional.contains($0.chainID) }, by: \.jobChainID)
        var kept: Set<JobID> = []
        var queue = needed.keys.filter { !chains.contains($0) }
        while let chainID = queue.popLast() {
            for need in needed[chainID] ?? [] where kept.insert(need.chainID).inserted { queue.append(need.chainID) }
        }
        return kept
    }
}
