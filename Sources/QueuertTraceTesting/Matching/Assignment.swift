/// Gives each of some seekers something of its own, if that can be done: Kuhn's algorithm for bipartite matching.
///
/// - Parameter candidates: For each seeker what would do.
/// - Returns: For each seeker what it gets, or `nil` if somebody would go without.
func distinctAssignment(_ candidates: [[Int]]) -> [Int]? {
    var assignment = DistinctAssignment(candidates)
    for seeker in candidates.indices {
        guard assignment.serve(seeker) else { return nil }
    }
    return assignment.placeOf.compactMap { $0 }
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

/// Who has what, while it is given out; nobody who has something ever loses it without a substitute.
struct DistinctAssignment {
    private let candidates: [[Int]]
    private var holders: [Int: Int] = [:]
    /// For each seeker what it has.
    private(set) var placeOf: [Int?]
    /// For whom something would do.
    private var seekers: [Int: [Int]] = [:]

    init(_ candidates: [[Int]]) {
        self.candidates = candidates
        placeOf = Array(repeating: nil, count: candidates.count)
    }

    /// Gives a seeker something, if that can be done.
    mutating func serve(_ seeker: Int) -> Bool {
        var tried: Set<Int> = []
        return serve(seeker, &tried)
    }

    private mutating func serve(_ seeker: Int, _ tried: inout Set<Int>) -> Bool {
        // What nobody holds needs nobody to move.
        if let free = candidates[seeker].first(where: { holders[$0] == nil }) {
            give(free, to: seeker)
            return true
        }
        for candidate in candidates[seeker] where tried.insert(candidate).inserted {
            if let holder = holders[candidate], !serve(holder, &tried) { continue }
            give(candidate, to: seeker)
            return true
        }
        return false
    }

    /// Has somebody take something, if that can be done.
    ///
    /// With what everybody needs given out, and a way to have all of certain things taken, there is a way to do both:
    /// the theorem of Mendelsohn and Dulmage.
    mutating func use(_ place: Int) -> Bool {
        if seekers.isEmpty {
            for (seeker, places) in candidates.enumerated() {
                for place in places { seekers[place, default: []].append(seeker) }
            }
        }
        var tried: Set<Int> = []
        return holders[place] != nil || use(place, &tried)
    }

    private mutating func use(_ place: Int, _ tried: inout Set<Int>) -> Bool {
        let seekers = seekers[place] ?? []
        // Who has nothing needs no substitute.
        if let free = seekers.first(where: { placeOf[$0] == nil }) {
            give(place, to: free)
            return true
        }
        for seeker in seekers where tried.insert(seeker).inserted {
            if let held = placeOf[seeker], !use(held, &tried) { continue }
            give(place, to: seeker)
            return true
        }
        return false
    }

    private mutating func give(_ place: Int, to seeker: Int) {
        if let before = placeOf[seeker], holders[before] == seeker { holders[before] = nil }
        holders[place] = seeker
        placeOf[seeker] = place
    }
}
