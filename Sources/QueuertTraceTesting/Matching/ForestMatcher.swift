import QueuertOTel

/// Finds out which recorded span is which expected one.
///
/// Each expected span has a domain: the recorded spans that it may be. Domains shrink until nothing more follows from what
/// is known (a span's parent is in its parent's domain, siblings are different spans, links lead where they should).
/// Where that leaves a choice, one is tried, and what follows from it; if it fails, the next.
/// Without links no choice ever fails, since trees alone are decided by what follows; so the search is quick.
struct ForestMatcher {
    enum Outcome: Equatable {
        /// For each expected node the recorded one.
        case matched([Int])
        case differs
        /// More choices had to be tried than is reasonable.
        case gaveUp
    }

    /// How many choices may turn out wrong.
    static let failureLimit = 200

    private let expected: ExpectedTree
    private let recorded: RecordedTree
    private let recordedChildren: [BitSet]
    private let links: LinkTable
    /// The nodes that have links to a node.
    private let sources: [[Int]]
    /// Whether a node has links to other nodes, or other nodes to it.
    private let isLinked: [Bool]
    private var failures = 0

    static func match(_ expected: ExpectedTree, _ recorded: RecordedTree) -> Outcome {
        // While spans are still missing, which is how most waits go, there is nothing to search.
        guard recorded.nodes.count >= expected.nodes.count else { return .differs }
        var matcher = ForestMatcher(expected, recorded)
        guard var domains = matcher.initialDomains(), matcher.sweepLinks(&domains),
            matcher.propagate(&domains, from: Array(expected.nodes.indices))
        else { return .differs }
        return matcher.search(domains)
    }

    private init(_ expected: ExpectedTree, _ recorded: RecordedTree) {
        self.expected = expected
        self.recorded = recorded
        recordedChildren = recorded.nodes.map { BitSet(capacity: recorded.nodes.count, $0.children) }
        let links = LinkTable(expected, recorded)
        var sources = Array(repeating: [Int](), count: expected.nodes.count)
        for source in expected.nodes.indices {
            for link in links.wanted[source] where !link.isKnown && sources[link.target].last != source {
                sources[link.target].append(source)
            }
        }
        isLinked = expected.nodes.indices.map { node in
            !sources[node].isEmpty || links.wanted[node].contains { !$0.isKnown }
        }
        self.links = links
        self.sources = sources
    }

    // MARK: What each expected span may be on its own

    private func initialDomains() -> [BitSet]? {
        let byDepth = Dictionary(grouping: recorded.nodes.indices) { recorded.nodes[$0].depth }
        var domains: [BitSet] = []
        domains.reserveCapacity(expected.nodes.count)
        for (index, node) in expected.nodes.enumerated() {
            let rule = node.parent.map { expected.nodes[$0].childrenRule }
            let domain = BitSet(
                capacity: recorded.nodes.count,
                (byDepth[node.depth] ?? []).lazy.filter { mayBe(index, $0, siblings: rule) })
            guard !domain.isEmpty else { return nil }
            domains.append(domain)
        }
        return domains
    }

    private func mayBe(_ node: Int, _ candidate: Int, siblings: ChildrenRule?) -> Bool {
        // Nodes are large: they are looked into where they are, the cheapest questions first.
        if let siblings, !siblings.anyOrder {
            let difference = recorded.nodes[candidate].position - expected.nodes[node].position
            guard siblings.othersAllowed ? difference >= 0 : difference == 0 else { return false }
        }
        let difference = recorded.nodes[candidate].children.count - expected.nodes[node].children.count
        guard expected.nodes[node].childrenRule.othersAllowed ? difference >= 0 : difference == 0 else { return false }
        guard let expectation = expected.nodes[node].span, let span = recorded.nodes[candidate].span else {
            return true
        }
        if !expectation.otherLinksAllowed, links.wanted[node].count != links.found[candidate].count { return false }
        return expectation.matchesAlone(span) && links.suits(node, candidate, nil)
    }

    // MARK: What follows

    /// Takes away what can't be, until nothing more follows.
    ///
    /// Returns whether a solution is still possible.
    private func propagate(_ domains: inout [BitSet], from changed: [Int]) -> Bool {
        var links = WorkList(capacity: domains.count)
        var families = WorkList(capacity: domains.count)
        var affected = changed
        while true {
            for node in affected {
                if isLinked[node] { links.add(node) }
                families.add(node)
                if let parent = expected.nodes[node].parent { families.add(parent) }
            }
            affected.removeAll(keepingCapacity: true)
            // Links tell most, and families cost most: they come last.
            if let node = links.next() {
                guard reviseLinks(of: node, &domains, &affected) else { return false }
            } else if let node = families.next() {
                guard reviseFamily(of: node, &domains, &affected) else { return false }
            } else {
                return true
            }
        }
    }

    /// Makes the domains of a node and of its children agree.
    ///
    /// Returns whether a solution is still possible.
    private func reviseFamily(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        let children = expected.nodes[node].children
        guard !children.isEmpty else { return !domains[node].isEmpty }
        var allowed = BitSet(capacity: recorded.nodes.count)
        for candidate in domains[node] { allowed.formUnion(recordedChildren[candidate]) }
        for child in children where domains[child].formIntersection(allowed) {
            guard !domains[child].isEmpty else { return false }
            affected.append(child)
        }
        let isDecided = domains[node].count == 1
        if isDecided, let candidate = domains[node].first {
            let isPossible =
                expected.nodes[node].childrenRule.anyOrder
                ? separate(children, &domains, &affected) : order(children, below: candidate, &domains, &affected)
            guard isPossible else { return false }
        }
        for candidate in domains[node] where !hasPlace(for: node, at: candidate, isDecided: isDecided, domains) {
            domains[node].remove(candidate)
            affected.append(node)
        }
        return !domains[node].isEmpty
    }

    /// Takes the spans that some siblings must be away from the others.
    private func separate(_ siblings: [Int], _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        var taken = BitSet(capacity: recorded.nodes.count)
        var decided: Set<Int> = []
        while true {
            let before = decided.count
            for sibling in siblings where domains[sibling].count == 1 && decided.insert(sibling).inserted {
                guard let only = domains[sibling].first, !taken.contains(only) else { return false }
                taken.insert(only)
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

    /// Whether all children of an expected node find a place below a recorded one.
    private func hasPlace(for node: Int, at candidate: Int, isDecided: Bool, _ domains: [BitSet]) -> Bool {
        let children = expected.nodes[node].children
        let places = recorded.nodes[candidate].children
        guard expected.nodes[node].childrenRule.anyOrder else {
            var rest = places[...]
            for child in children {
                guard let index = rest.firstIndex(where: domains[child].contains) else { return false }
                rest = rest[(index + 1)...]
            }
            return true
        }
        // Once the parent is decided, decided children are out of the way of the others.
        let open = isDecided ? children.filter { domains[$0].count > 1 } : children
        if sufficeInTurn(open.map { domains[$0].commonCount(recordedChildren[candidate]) }) { return true }
        return hasDistinctAssignment(open.map { child in places.filter(domains[child].contains) })
    }

    /// Makes the domains of a node and of those that it is linked with agree.
    ///
    /// Returns whether a solution is still possible.
    private func reviseLinks(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        reviseTargets(of: node, &domains, &affected)
            && sources[node].allSatisfy { reviseSource($0, &domains, &affected) }
    }

    /// Takes away from the targets of a node's links what none of them can lead to.
    private func reviseTargets(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        for link in links.wanted[node] where !link.isKnown {
            var reached = BitSet(capacity: recorded.nodes.count)
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
        for candidate in domains[node] where !links.suits(node, candidate, domains) {
            domains[node].remove(candidate)
            affected.append(node)
        }
        return !domains[node].isEmpty
    }

    /// Follows long chains of links from end to end, and back again.
    ///
    /// Without this the first propagation would take away a candidate or two at a time.
    private func sweepLinks(_ domains: inout [BitSet]) -> Bool {
        var ignored: [Int] = []
        let linked = expected.nodes.indices.filter { isLinked[$0] }
        return linked.allSatisfy { reviseSource($0, &domains, &ignored) }
            && linked.reversed().allSatisfy { reviseTargets(of: $0, &domains, &ignored) }
    }

    // MARK: Choices

    private mutating func search(_ domains: [BitSet]) -> Outcome {
        let undecided = domains.indices.filter { isLinked[$0] && domains[$0].count > 1 }
        guard let node = undecided.min(by: { domains[$0].count < domains[$1].count }) else {
            return .matched(complete(domains))
        }
        for candidate in domains[node] {
            var attempt = domains
            attempt[node] = BitSet(capacity: recorded.nodes.count, CollectionOfOne(candidate))
            if propagate(&attempt, from: [node]) {
                let outcome = search(attempt)
                if outcome != .differs { return outcome }
            }
            failures += 1
            guard failures <= Self.failureLimit else { return .gaveUp }
        }
        return .differs
    }

    /// Decides what is left once all links are settled: whatever fits in a family will do.
    private func complete(_ domains: [BitSet]) -> [Int] {
        var partners = Array(repeating: 0, count: domains.count)
        // Parents come before their children.
        for (node, wanted) in expected.nodes.enumerated() where !wanted.children.isEmpty {
            let places = recorded.nodes[partners[node]].children
            let candidates = wanted.children.map { child in places.filter(domains[child].contains) }
            let chosen = wanted.childrenRule.anyOrder ? distinctAssignment(candidates) : firstInOrder(candidates)
            guard let chosen else { preconditionFailure("Families agree with each other after propagation.") }
            for (child, choice) in zip(wanted.children, chosen) { partners[child] = choice }
        }
        return partners
    }

    private func firstInOrder(_ candidates: [[Int]]) -> [Int]? {
        var last = -1
        var result: [Int] = []
        for options in candidates {
            guard let choice = options.first(where: { recorded.nodes[$0].position > last }) else { return nil }
            last = recorded.nodes[choice].position
            result.append(choice)
        }
        return result
    }
}

/// Nodes that something remains to be done for, each once.
private struct WorkList {
    private var nodes: [Int] = []
    private var isListed: [Bool]

    init(capacity: Int) { isListed = Array(repeating: false, count: capacity) }

    mutating func add(_ node: Int) {
        guard !isListed[node] else { return }
        isListed[node] = true
        nodes.append(node)
    }

    mutating func next() -> Int? {
        guard let node = nodes.popLast() else { return nil }
        isListed[node] = false
        return node
    }
}
