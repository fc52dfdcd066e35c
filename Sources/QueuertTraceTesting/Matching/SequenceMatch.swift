/// Which places in a row the children of a node may take, where some of them may be missing.
///
/// Positions lie between places: 0 is before the first one. What is repeated goes missing from the end.
struct SequenceMatch {
    private let children: [Int]
    private let places: [Int]
    /// For each child where its group ends, if it and the rest of its group may be missing.
    private let jumps: [Int?]
    private let othersAllowed: Bool
    private let domains: [BitSet]
    /// For each number of children the positions that they can reach from the beginning.
    private let reached: [BitSet]
    /// For each number of children the positions from which the others can reach the end.
    private let reaching: [BitSet]

    init(_ children: [Int], _ places: [Int], _ expected: ExpectedTree, _ domains: [BitSet], absent: Int, others: Bool) {
        self.children = children
        self.places = places
        self.domains = domains
        othersAllowed = others
        var jumps = [Int?](repeating: nil, count: children.count)
        for index in children.indices.reversed() {
            let node = expected.nodes[children[index]]
            guard node.isOptional, domains[children[index]].contains(absent) else { continue }
            let isLast = node.groupEnd == index + 1
            if isLast || jumps[index + 1] != nil { jumps[index] = node.groupEnd }
        }
        self.jumps = jumps
        let capacity = places.count + 1
        var reached = Array(repeating: BitSet(capacity: capacity), count: children.count + 1)
        reached[0].insert(0)
        for index in 0...children.count {
            if others, let first = reached[index].first {
                for position in first..<capacity { reached[index].insert(position) }
            }
            guard index < children.count else { break }
            for position in reached[index] {
                if let end = jumps[index] { reached[end].insert(position) }
                if position < places.count, domains[children[index]].contains(places[position]) {
                    reached[index + 1].insert(position + 1)
                }
            }
        }
        self.reached = reached
        var reaching = Array(repeating: BitSet(capacity: capacity), count: children.count + 1)
        reaching[children.count].insert(places.count)
        for index in (0...children.count).reversed() {
            for position in (0..<capacity).reversed() {
                var isGood = index == children.count && position == places.count
                if others, position < places.count { isGood = isGood || reaching[index].contains(position + 1) }
                if index < children.count {
                    if let end = jumps[index] { isGood = isGood || reaching[end].contains(position) }
                    if !isGood, position < places.count, domains[children[index]].contains(places[position]) {
                        isGood = reaching[index + 1].contains(position + 1)
                    }
                }
                if isGood { reaching[index].insert(position) }
            }
        }
        self.reaching = reaching
    }

    /// Whether there is any way.
    var isPossible: Bool { reached[children.count].contains(places.count) }

    /// Whether a child may take a place.
    func allows(_ index: Int, at position: Int) -> Bool {
        reached[index].contains(position) && reaching[index + 1].contains(position + 1)
    }

    /// Whether a child may be missing.
    func allowsAbsence(of index: Int) -> Bool {
        guard let end = jumps[index] else { return false }
        return (0...index).contains { start in
            jumps[start] == end && reached[start].commonCount(reaching[end]) > 0
        }
    }

    /// A way that leaves few out: for each child its place, if it is there.
    func solution() -> [Int?]? {
        guard isPossible else { return nil }
        var result = [Int?](repeating: nil, count: children.count)
        var (index, position) = (0, 0)
        while index < children.count {
            let canTake =
                position < places.count && domains[children[index]].contains(places[position])
                && reaching[index + 1].contains(position + 1)
            if canTake {
                result[index] = places[position]
                (index, position) = (index + 1, position + 1)
            } else if othersAllowed, position < places.count, reaching[index].contains(position + 1) {
                position += 1
            } else if let end = jumps[index] {
                index = end
            } else {
                return nil
            }
        }
        return result
    }
}
