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

    private struct LinkConstraint {
        let source: Int
        let target: Int
        let type: String?
    }

    /// How many choices may turn out wrong.
    static let failureLimit = 2_000

    private let expected: ExpectedTree
    private let recorded: RecordedTree
    private let recordedChildren: [BitSet]
    /// By source, and by target.
    private var outgoing: [Int: [LinkConstraint]] = [:]
    private var incoming: [Int: [LinkConstraint]] = [:]
    private var failures = 0

    static func match(_ expected: ExpectedTree, _ recorded: RecordedTree) -> Outcome {
        // While spans are still missing, which is how most waits go, there is nothing to search.
        guard recorded.nodes.count >= expected.nodes.count else { return .differs }
        var matcher = ForestMatcher(expected, recorded)
        guard var domains = matcher.initialDomains(),
            matcher.propagate(&domains, from: Array(expected.nodes.indices))
        else { return .differs }
        return matcher.search(domains)
    }

    private init(_ expected: ExpectedTree, _ recorded: RecordedTree) {
        self.expected = expected
        self.recorded = recorded
        recordedChildren = recorded.nodes.map { BitSet(capacity: recorded.nodes.count, $0.children) }
        for (source, node) in expected.nodes.enumerated() {
            for link in node.span?.links ?? [] {
                guard case .expected(let reference) = link.target, let target = expected.references[reference] else {
                    continue
                }
                let constraint = LinkConstraint(source: source, target: target, type: link.type)
                outgoing[source, default: []].append(constraint)
                incoming[target, default: []].append(constraint)
            }
        }
    }

    // MARK: What each expected span may be on its own

    private func initialDomains() -> [BitSet]? {
        let byDepth = Dictionary(grouping: recorded.nodes.indices) { recorded.nodes[$0].depth }
        var domains: [BitSet] = []
        domains.reserveCapacity(expected.nodes.count)
        for node in expected.nodes {
            let rule = node.parent.map { expected.nodes[$0].childrenRule }
            let domain = BitSet(
                capacity: recorded.nodes.count,
                (byDepth[node.depth] ?? []).lazy.filter { mayBe(node, recorded.nodes[$0], siblings: rule) })
            guard !domain.isEmpty else { return nil }
            domains.append(domain)
        }
        return domains
    }

    private func mayBe(_ node: ExpectedTree.Node, _ other: RecordedTree.Node, siblings: ChildrenRule?) -> Bool {
        if let siblings, !siblings.anyOrder {
            guard siblings.othersAllowed ? other.position >= node.position : other.position == node.position else {
                return false
            }
        }
        let difference = other.children.count - node.children.count
        guard node.childrenRule.othersAllowed ? difference >= 0 : difference == 0 else { return false }
        guard let expectation = node.span, let span = other.span else { return true }
        if !expectation.otherLinksAllowed, expectation.links.count != other.links.count { return false }
        return expectation.matchesAlone(span)
            && LinkAssignment.exists(for: expectation, on: other, acceptsNode: { _, _ in true })
    }

    // MARK: What follows

    private func propagate(_ domains: inout [BitSet], from changed: [Int]) -> Bool {
        var queue = changed
        var isQueued = Array(repeating: false, count: domains.count)
        for node in changed { isQueued[node] = true }
        while let node = queue.popLast() {
            isQueued[node] = false
            var affected: [Int] = []
            guard reviseFamily(of: node, &domains, &affected),
                expected.nodes[node].parent.map({ reviseFamily(of: $0, &domains, &affected) }) ?? true,
                reviseLinks(of: node, &domains, &affected)
            else { return false }
            for other in affected where !isQueued[other] {
                isQueued[other] = true
                queue.append(other)
            }
        }
        return true
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
            let room = BitSet(capacity: recorded.nodes.count, places[bounds[index]...latest])
            if domains[sibling].formIntersection(room) { affected.append(sibling) }
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
        // If the i-th smallest domain has more than i members, each child finds something in turn.
        let sizes = open.map { domains[$0].commonCount(recordedChildren[candidate]) }.sorted()
        if sizes.enumerated().allSatisfy({ $1 > $0 }) { return true }
        return distinctAssignment(open.map { child in places.filter(domains[child].contains) }) != nil
    }

    /// Makes the domains of a node and of those that it is linked with agree.
    private func reviseLinks(of node: Int, _ domains: inout [BitSet], _ affected: inout [Int]) -> Bool {
        for constraint in outgoing[node] ?? [] {
            var reached = BitSet(capacity: recorded.nodes.count)
            for candidate in domains[node] {
                for link in recorded.nodes[candidate].links where constraint.type == nil || constraint.type == link.type
                {
                    if let target = link.node { reached.insert(target) }
                }
            }
            if domains[constraint.target].formIntersection(reached) { affected.append(constraint.target) }
            guard !domains[constraint.target].isEmpty else { return false }
        }
        for constraint in incoming[node] ?? [] {
            guard let expectation = expected.nodes[constraint.source].span else { continue }
            for candidate in domains[constraint.source] {
                let isPossible = LinkAssignment.exists(for: expectation, on: recorded.nodes[candidate]) {
                    reference, target in
                    expected.references[reference].map { domains[$0].contains(target) } ?? false
                }
                guard !isPossible else { continue }
                domains[constraint.source].remove(candidate)
                affected.append(constraint.source)
            }
            guard !domains[constraint.source].isEmpty else { return false }
        }
        return true
    }

    // MARK: Choices

    private mutating func search(_ domains: [BitSet]) -> Outcome {
        let undecided = domains.indices.filter { domains[$0].count > 1 }
        guard let node = undecided.min(by: { domains[$0].count < domains[$1].count }) else {
            return .matched(domains.compactMap(\.first))
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
}
