import QueuertOTel

/// Finds out which recorded span is which expected one.
///
/// Each expected span has a domain: the recorded spans that it may be, and that it is missing, where it may be. Domains
/// shrink until nothing more follows from what is known (a span's parent is in its parent's domain, siblings are different
/// spans, links lead where they should, times and values relate as they should). Where that leaves a choice, one is tried,
/// and what follows from it; if it fails, the next. Without links and the like no choice ever fails, since trees alone are
/// decided by what follows; so the search is quick.
struct ForestMatcher {
    enum Outcome: Equatable {
        /// For each expected node the recorded one, if it is there.
        case matched([Int?])
        case differs
        /// More choices had to be tried than is reasonable.
        case gaveUp
    }

    /// How many choices may turn out wrong.
    static let failureLimit = 200

    let expected: ExpectedTree
    let recorded: RecordedTree
    /// What stands in a domain for being missing: no recorded node has this number.
    let absent: Int
    let recordedChildren: [BitSet]
    let links: LinkTable
    /// The nodes that have links to a node.
    let sources: [[Int]]
    /// Whether a node has links to other nodes, or other nodes to it.
    let isLinked: [Bool]
    /// The times that a node has to do with, and the attributes that are compared.
    let timings: [[Int]]
    let comparisons: [[Int]]
    /// By comparison, place and recorded node a number that stands for the value of the attribute.
    let values: [[[Int?]]]
    /// Whether children of a node may be missing though it is there.
    let isFlexible: [Bool]
    private var failures = 0

    static func match(_ expected: ExpectedTree, _ recorded: RecordedTree) -> Outcome {
        // While spans are still missing, which is how most waits go, there is nothing to search.
        guard recorded.nodes.count >= expected.requiredCount else { return .differs }
        guard !expected.isTooLarge else { return .gaveUp }
        var matcher = ForestMatcher(expected, recorded)
        guard var domains = matcher.initialDomains(), matcher.sweepLinks(&domains),
            matcher.propagate(&domains, from: Array(expected.nodes.indices))
        else { return .differs }
        return matcher.search(domains)
    }

    private init(_ expected: ExpectedTree, _ recorded: RecordedTree) {
        self.expected = expected
        self.recorded = recorded
        absent = recorded.nodes.count
        recordedChildren = recorded.nodes.map { BitSet(capacity: recorded.nodes.count + 1, $0.children) }
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
        var timings = Array(repeating: [Int](), count: expected.nodes.count)
        for (index, timing) in expected.timings.enumerated() {
            timings[timing.node].append(index)
            if timing.other != timing.node { timings[timing.other].append(index) }
        }
        self.timings = timings
        var comparisons = Array(repeating: [Int](), count: expected.nodes.count)
        for (index, comparison) in expected.comparisons.enumerated() where comparison.places.count > 1 {
            for place in comparison.places where comparisons[place.node].last != index {
                comparisons[place.node].append(index)
            }
        }
        self.comparisons = comparisons
        values = expected.comparisons.map { Self.values(for: $0, in: recorded) }
        isFlexible = expected.nodes.map { node in node.children.contains { expected.nodes[$0].isOptional } }
    }

    private static func values(for comparison: ExpectedTree.Comparison, in recorded: RecordedTree) -> [[Int?]] {
        var numbers: [AttributeValue: Int] = [:]
        var known: [String: [Int?]] = [:]
        return comparison.places.map { place in
            if let values = known[place.key] { return values }
            let values = recorded.nodes.map { node -> Int? in
                guard let value = node.span?[attribute: place.key] else { return nil }
                let number = numbers[value] ?? numbers.count
                numbers[value] = number
                return number
            }
            known[place.key] = values
            return values
        }
    }

    // MARK: What each expected span may be on its own

    private func initialDomains() -> [BitSet]? {
        let byDepth = Dictionary(grouping: recorded.nodes.indices) { recorded.nodes[$0].depth }
        var domains: [BitSet] = []
        domains.reserveCapacity(expected.nodes.count)
        for (index, node) in expected.nodes.enumerated() {
            let rule = node.parent.map { expected.nodes[$0].childrenRule }
            var domain = BitSet(
                capacity: recorded.nodes.count + 1,
                (byDepth[node.depth] ?? []).lazy.filter { mayBe(index, $0, siblings: rule) })
            if node.mayBeAbsent { domain.insert(absent) }
            guard !domain.isEmpty else { return nil }
            domains.append(domain)
        }
        return domains
    }

    private func mayBe(_ node: Int, _ candidate: Int, siblings: ChildrenRule?) -> Bool {
        // Nodes are large: they are looked into where they are, the cheapest questions first.
        if let siblings, !siblings.anyOrder {
            let position = recorded.nodes[candidate].position
            guard position >= expected.nodes[node].leastPosition,
                siblings.othersAllowed || position <= expected.nodes[node].position
            else { return false }
        }
        let count = recorded.nodes[candidate].children.count
        let most = expected.nodes[node].children.count
        guard expected.nodes[node].childrenRule.othersAllowed || count <= most else { return false }
        guard count >= most || isFlexible[node] else { return false }
        guard expected.nodes[node].span?.name == recorded.nodes[candidate].span?.name else { return false }
        guard let expectation = expected.nodes[node].span else { return true }
        return expectation.matchesAlone(recorded.nodes[candidate]) && hasLinks(node, candidate, nil)
    }

    /// Whether a recorded node has the links that an expected one should have.
    func hasLinks(_ node: Int, _ candidate: Int, _ domains: [BitSet]?) -> Bool {
        let othersAllowed = expected.nodes[node].span?.otherLinksAllowed ?? true
        if links.wanted[node].isEmpty { return othersAllowed || links.found[candidate].isEmpty }
        return links.suits(
            node, candidate, othersAllowed: othersAllowed,
            mayBeAbsent: { domains?[$0].contains(absent) ?? expected.nodes[$0].mayBeAbsent }, domains)
    }

    // MARK: What follows

    /// Takes away what can't be, until nothing more follows.
    ///
    /// Returns whether a solution is still possible.
    private func propagate(_ domains: inout [BitSet], from changed: [Int]) -> Bool {
        var relations = WorkList(capacity: domains.count)
        var comparisons = WorkList(capacity: expected.comparisons.count)
        var families = WorkList(capacity: domains.count)
        var affected = changed
        while true {
            for node in affected {
                if isLinked[node] || !timings[node].isEmpty { relations.add(node) }
                for comparison in self.comparisons[node] { comparisons.add(comparison) }
                families.add(node)
                if let parent = expected.nodes[node].parent { families.add(parent) }
            }
            affected.removeAll(keepingCapacity: true)
            // Relations tell most, and families cost most: they come last.
            if let node = relations.next() {
                guard reviseLinks(of: node, &domains, &affected), reviseTimings(of: node, &domains, &affected) else {
                    return false
                }
            } else if let comparison = comparisons.next() {
                guard reviseComparison(comparison, &domains, &affected) else { return false }
            } else if let node = families.next() {
                guard reviseFamily(of: node, &domains, &affected) else { return false }
            } else {
                return true
            }
        }
    }

    /// Whether a node has to do with others than its parent and children.
    private func isRelated(_ node: Int) -> Bool {
        isLinked[node] || !timings[node].isEmpty || !comparisons[node].isEmpty
    }

    // MARK: Choices

    private mutating func search(_ domains: [BitSet]) -> Outcome {
        let undecided = domains.indices.filter { isRelated($0) && domains[$0].count > 1 }
        guard let node = undecided.min(by: { domains[$0].count < domains[$1].count }) else {
            // Families agree after propagation. Should they ever not, that is no reason to end the user's test process.
            guard let partners = complete(domains) else { return .gaveUp }
            return .matched(partners)
        }
        for candidate in domains[node] {
            var attempt = domains
            attempt[node] = BitSet(capacity: recorded.nodes.count + 1, CollectionOfOne(candidate))
            if propagate(&attempt, from: [node]) {
                let outcome = search(attempt)
                if outcome != .differs { return outcome }
            }
            failures += 1
            guard failures <= Self.failureLimit else { return .gaveUp }
        }
        return .differs
    }

    /// Decides what is left once all relations are settled: whatever fits in a family will do.
    ///
    /// Returns `nil` if nothing fits.
    private func complete(_ domains: [BitSet]) -> [Int?]? {
        var partners = [Int?](repeating: nil, count: domains.count)
        partners[0] = 0
        // Parents come before their children.
        for node in expected.nodes.indices where !expected.nodes[node].children.isEmpty {
            guard let partner = partners[node] else { continue }
            guard let chosen = chooseChildren(of: node, at: partner, domains) else { return nil }
            for (child, choice) in zip(expected.nodes[node].children, chosen) { partners[child] = choice }
        }
        return partners
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
