import QueuertOTel

/// What follows from links, times and values that are compared.
extension ForestMatcher {
    // MARK: Links

    /// Makes the domains of a node and of those that it is linked with agree.
    ///
    /// Returns whether a solution is still possible.
    func reviseLinks(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        guard isLinked[node] else { return true }
        return reviseTargets(of: node, &domains, &affected)
            && sources[node].allSatisfy { reviseSource($0, &domains, &affected) }
    }

    /// Takes away from the targets of a node's links what none of them can lead to.
    private func reviseTargets(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        // What is missing has no links.
        guard !domains[node].contains(absent) else { return true }
        for link in links.wanted[node] where !link.isKnown {
            var reached = BitSet(capacity: recorded.nodes.count + 1)
            reached.insert(absent)
            for candidate in domains[node] {
                for found in links.found[candidate] where found.target >= 0 {
                    if link.anyType || link.type == found.type { reached.insert(found.target) }
                }
            }
            if domains[link.target].formIntersection(reached) { affected.append(link.target) }
            guard !domains[link.target].isEmpty else { return false }
        }
        return true
    }

    /// Takes away from a node what lacks one of its links.
    private func reviseSource(_ node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        for candidate in domains[node] where candidate != absent && !hasLinks(node, candidate, domains) {
            domains[node].remove(candidate)
            affected.append(node)
        }
        return !domains[node].isEmpty
    }

    /// Follows long chains of links from end to end, and back again.
    ///
    /// Without this the first propagation would take away a candidate or two at a time.
    func sweepLinks(_ domains: inout [BitSet]) -> Bool {
        var ignored: [Int] = []
        let linked = expected.nodes.indices.filter { isLinked[$0] }
        return linked.allSatisfy { reviseSource($0, &domains, &ignored) }
            && linked.reversed().allSatisfy { reviseTargets(of: $0, &domains, &ignored) }
    }

    // MARK: Times

    /// Makes the domains of spans agree whose times relate to those of a node.
    ///
    /// Returns whether a solution is still possible.
    func reviseTimings(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        timings[node].allSatisfy { index in
            let timing = expected.timings[index]
            return restrict(timing.node, by: timing.other, &domains, &affected) { timing.relation.holds($0, $1) }
                && restrict(timing.other, by: timing.node, &domains, &affected) { timing.relation.holds($1, $0) }
        }
    }

    /// Takes away from a node what relates to nothing that the other may be.
    private func restrict(
        _ node: Int, by other: Int, _ domains: inout [BitSet], _ affected: inout [Int],
        holds: (SpanData, SpanData) -> Bool
    ) -> Bool {
        // To what is missing nothing needs to relate.
        guard !domains[other].contains(absent) else { return true }
        let others = domains[other].compactMap { recorded.nodes[$0].span }
        for candidate in domains[node] where candidate != absent {
            guard let span = recorded.nodes[candidate].span, !others.contains(where: { holds(span, $0) }) else {
                continue
            }
            domains[node].remove(candidate)
            affected.append(node)
        }
        return !domains[node].isEmpty
    }

    // MARK: Values

    /// Makes the domains of spans agree whose attributes are compared.
    ///
    /// Returns whether a solution is still possible.
    func reviseComparison(_ index: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        expected.comparisons[index].isSame
            ? reviseSame(index, &domains, &affected) : reviseDistinct(index, &domains, &affected)
    }

    private func reviseSame(_ index: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        let places = expected.comparisons[index].places
        var common: Set<Int>?
        for (place, values) in zip(places, values[index]) where !domains[place.node].contains(absent) {
            let possible = Set(domains[place.node].compactMap { values[$0] })
            common = common?.intersection(possible) ?? possible
        }
        guard let common else { return true }
        for (place, values) in zip(places, values[index]) {
            for candidate in domains[place.node] where candidate != absent {
                if let value = values[candidate], common.contains(value) { continue }
                domains[place.node].remove(candidate)
                affected.append(place.node)
            }
            guard !domains[place.node].isEmpty else { return false }
        }
        return true
    }

    private func reviseDistinct(_ index: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        let places = expected.comparisons[index].places
        var taken: [Int: Int] = [:]
        var decided: Set<Int> = []
        while true {
            let before = decided.count
            for (number, place) in places.enumerated() where !decided.contains(number) {
                guard domains[place.node].count == 1, let only = domains[place.node].first else { continue }
                decided.insert(number)
                guard only != absent else { continue }
                guard let value = values[index][number][only], taken[value] == nil else { return false }
                taken[value] = number
            }
            if decided.count == before { return true }
            for (number, place) in places.enumerated() where !decided.contains(number) {
                for candidate in domains[place.node] where candidate != absent {
                    guard let value = values[index][number][candidate], taken[value] != nil else { continue }
                    domains[place.node].remove(candidate)
                    affected.append(place.node)
                }
                guard !domains[place.node].isEmpty else { return false }
            }
        }
    }
}
