/// What follows from a node's children being below it.
extension ForestMatcher {
    /// Makes the domains of a node and of its children agree.
    ///
    /// Returns whether a solution is still possible.
    func reviseFamily(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        let children = expected.nodes[node].children
        guard !children.isEmpty else { return !domains[node].isEmpty }
        // What is below something that is missing is missing, too.
        if domains[node].contains(absent), children.contains(where: { !domains[$0].contains(absent) }) {
            domains[node].remove(absent)
            affected.append(node)
        }
        guard restrictChildren(of: node, &domains, &affected) else { return false }
        let isDecided = domains[node].count == 1
        if isDecided, let candidate = domains[node].first, candidate != absent {
            let isPossible =
                if expected.nodes[node].childrenRule.anyOrder {
                    separate(children, &domains, &affected)
                } else if isFlexible[node] {
                    orderFlexibly(node, below: candidate, &domains, &affected)
                } else {
                    order(children, below: candidate, &domains, &affected)
                }
            guard isPossible else { return false }
        }
        for candidate in domains[node]
        where candidate != absent && !hasPlaces(for: node, at: candidate, isDecided: isDecided, domains) {
            domains[node].remove(candidate)
            affected.append(node)
        }
        return !domains[node].isEmpty
    }

    /// Takes away from the domains of children what is below nothing that their parent may be.
    private func restrictChildren(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        var allowed = BitSet(capacity: recorded.nodes.count + 1)
        for candidate in domains[node] where candidate != absent { allowed.formUnion(recordedChildren[candidate]) }
        var allowedOrAbsent = allowed
        allowedOrAbsent.insert(absent)
        let parentMayBeAbsent = domains[node].contains(absent)
        for child in expected.nodes[node].children {
            let mayBeAbsent = parentMayBeAbsent || expected.nodes[child].isOptional
            if domains[child].formIntersection(mayBeAbsent ? allowedOrAbsent : allowed) {
                guard !domains[child].isEmpty else { return false }
                affected.append(child)
            }
        }
        return true
    }

    /// Takes the spans that some siblings must be away from the others.
    private func separate(_ siblings: [Int], _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        var taken = BitSet(capacity: recorded.nodes.count + 1)
        var decided: Set<Int> = []
        while true {
            let before = decided.count
            for sibling in siblings where domains[sibling].count == 1 && decided.insert(sibling).inserted {
                guard let only = domains[sibling].first, !taken.contains(only) else { return false }
                if only != absent { taken.insert(only) }
            }
            if decided.count == before { return true }
            for sibling in siblings where !decided.contains(sibling) && domains[sibling].subtract(taken) {
                guard !domains[sibling].isEmpty else { return false }
                affected.append(sibling)
            }
        }
    }

    /// Takes away what would not leave room for the siblings before or after.
    private func order(
        _ siblings: [Int], below candidate: Int, _ domains: inout [BitSet], _ affected: inout [Int]
    ) -> Bool {
        let places = recorded.nodes[candidate].children
        var earliest = 0
        var bounds: [Int] = []
        for sibling in siblings {
            while earliest < places.count, !domains[sibling].contains(places[earliest]) { earliest += 1 }
            guard earliest < places.count else { return false }
            bounds.append(earliest)
            earliest += 1
        }
        var latest = places.count - 1
        for (index, sibling) in siblings.enumerated().reversed() {
            while latest >= 0, !domains[sibling].contains(places[latest]) { latest -= 1 }
            guard latest >= bounds[index] else { return false }
            let room = bounds[index]...latest
            for member in domains[sibling] where !room.contains(recorded.nodes[member].position) {
                domains[sibling].remove(member)
                affected.append(sibling)
            }
            latest -= 1
        }
        return true
    }

    /// The same where some of the siblings may be missing.
    private func orderFlexibly(
        _ node: Int, below candidate: Int, _ domains: inout [BitSet], _ affected: inout [Int]
    ) -> Bool {
        let children = expected.nodes[node].children
        let match = sequence(of: node, at: candidate, domains)
        guard match.isPossible else { return false }
        for (index, child) in children.enumerated() {
            for member in domains[child] {
                let isPossible =
                    member == absent
                    ? match.allowsAbsence(of: index) : match.allows(index, at: recorded.nodes[member].position)
                guard !isPossible else { continue }
                domains[child].remove(member)
                affected.append(child)
            }
            guard !domains[child].isEmpty else { return false }
        }
        return true
    }

    private func sequence(of node: Int, at candidate: Int, _ domains: [BitSet]) -> SequenceMatch {
        SequenceMatch(
            expected.nodes[node].children, recorded.nodes[candidate].children, expected, domains, absent: absent,
            others: expected.nodes[node].childrenRule.othersAllowed)
    }

    /// Whether a child may be missing below a node that is there.
    private func mayBeMissing(_ child: Int, _ domains: [BitSet]) -> Bool {
        expected.nodes[child].isOptional && domains[child].contains(absent)
    }

    /// Whether all children of an expected node find a place below a recorded one, and all places one of them.
    private func hasPlaces(for node: Int, at candidate: Int, isDecided: Bool, _ domains: [BitSet]) -> Bool {
        let children = expected.nodes[node].children
        let places = recorded.nodes[candidate].children
        guard expected.nodes[node].childrenRule.anyOrder else {
            if isFlexible[node] { return sequence(of: node, at: candidate, domains).isPossible }
            var rest = places[...]
            for child in children {
                guard let index = rest.firstIndex(where: domains[child].contains) else { return false }
                rest = rest[(index + 1)...]
            }
            return true
        }
        let needed = isFlexible[node] ? children.filter { !mayBeMissing($0, domains) } : children
        // Once the parent is decided, decided children are out of the way of the others.
        let open = isDecided ? needed.filter { domains[$0].count > 1 } : needed
        if !sufficeInTurn(open.map { domains[$0].commonCount(recordedChildren[candidate]) }) {
            guard hasDistinctAssignment(open.map { child in places.filter(domains[child].contains) }) else {
                return false
            }
        }
        // Where none may be missing, there are as many children as places.
        guard isFlexible[node], !expected.nodes[node].childrenRule.othersAllowed else { return true }
        return hasDistinctAssignment(places.map { place in children.filter { domains[$0].contains(place) } })
    }

    /// A place for each child of a node that is decided, as far as they are there.
    func chooseChildren(of node: Int, at partner: Int, _ domains: [BitSet]) -> [Int?]? {
        let children = expected.nodes[node].children
        let places = recorded.nodes[partner].children
        let rule = expected.nodes[node].childrenRule
        guard rule.anyOrder else {
            return isFlexible[node]
                ? sequence(of: node, at: partner, domains).solution() : firstInOrder(children, places, domains)
        }
        var assignment = DistinctAssignment(children.map { child in places.filter(domains[child].contains) })
        for (index, child) in children.enumerated() where !mayBeMissing(child, domains) {
            guard assignment.serve(index) else { return nil }
        }
        if isFlexible[node] {
            if rule.othersAllowed {
                for index in children.indices where assignment.placeOf[index] == nil { _ = assignment.serve(index) }
            } else {
                guard places.allSatisfy({ assignment.use($0) }) else { return nil }
            }
        }
        return assignment.placeOf
    }

    private func firstInOrder(_ children: [Int], _ places: [Int], _ domains: [BitSet]) -> [Int?]? {
        var rest = places[...]
        var result: [Int?] = []
        for child in children {
            guard let index = rest.firstIndex(where: domains[child].contains) else { return nil }
            result.append(rest[index])
            rest = rest[(index + 1)...]
        }
        return result
    }
}
