/// Gives each of some seekers something of its own, if that can be done: Kuhn's algorithm for bipartite matching.
///
/// - Parameter candidates: For each seeker what would do.
/// - Returns: For each seeker what it gets, or `nil` if somebody would go without.
func distinctAssignment(_ candidates: [[Int]]) -> [Int]? {
    var holders: [Int: Int] = [:]
    func place(_ seeker: Int, _ tried: inout Set<Int>) -> Bool {
        // What nobody holds needs nobody to move.
        if let free = candidates[seeker].first(where: { holders[$0] == nil }) {
            holders[free] = seeker
            return true
        }
        for candidate in candidates[seeker] where tried.insert(candidate).inserted {
            if let holder = holders[candidate], !place(holder, &tried) { continue }
            holders[candidate] = seeker
            return true
        }
        return false
    }
    for seeker in candidates.indices {
        var tried: Set<Int> = []
        guard place(seeker, &tried) else { return nil }
    }
    var result = Array(repeating: 0, count: candidates.count)
    for (candidate, seeker) in holders { result[seeker] = candidate }
    return result
}

/// Whether each of some seekers can have something of its own.
func hasDistinctAssignment(_ candidates: [[Int]]) -> Bool {
    sufficeInTurn(candidates.map(\.count)) || distinctAssignment(candidates) != nil
}

/// Whether numbers of candidates alone tell that each seeker finds something: if the i-th smallest is above i, each does
/// after those before it.
func sufficeInTurn(_ counts: [Int]) -> Bool {
    counts.sorted().enumerated().allSatisfy { $1 > $0 }
}
