import QueuertOTel

/// An expectation as a list, each part once however often it may come: the forest first, below it the traces, below them
/// their spans; parents before children.
///
/// Names are looked up here, so that what is wrong with them is told before anything is compared.
struct ExpectationTemplate: Sendable {
    struct Node: Sendable {
        /// The span that is expected; `nil` for the forest and for a trace.
        let span: SpanExpectation?
        let parent: Int?
        let depth: Int
        let childrenRule: ChildrenRule
        let occurrence: Occurrence
        /// Which of the node and those above it may come several times.
        let repetitions: [Int]
        var children: [Int] = []
    }

    struct Link: Sendable {
        enum Target: Sendable {
            case node(Int)
            case known(TraceContext)
        }
        let source: Int
        let target: Target
        /// The type of the link; `nil` if it may be any.
        let type: String?
    }

    struct Timing: Sendable {
        let node: Int
        let other: Int
        let relation: TimingRelation
    }

    /// Attributes whose values are compared with each other.
    struct Comparison: Sendable {
        let name: AttributeMatcher.Comparison
        var places: [(node: Int, key: String)]
        /// How many of the repetitions of each place all places share: what is in different ones isn't compared.
        var shared: Int
    }

    private(set) var nodes: [Node] = []
    /// Which span a name means.
    private(set) var references: [String: Int] = [:]
    private(set) var links: [Link] = []
    private(set) var timings: [Timing] = []
    private(set) var comparisons: [Comparison] = []
    let expectation: ForestExpectation

    init(_ expectation: ForestExpectation) throws(InvalidTraceExpectation) {
        self.expectation = expectation
        nodes.append(
            Node(
                span: nil, parent: nil, depth: 0,
                childrenRule: .init(anyOrder: true, othersAllowed: expectation.othersAllowed), occurrence: .once,
                repetitions: []))
        for trace in expectation.traces {
            let index = append(nil, below: 0, trace.rootsRule, trace.occurrence)
            for root in trace.roots { try add(root, below: index) }
        }
        for index in nodes.indices {
            guard let span = nodes[index].span else { continue }
            for link in span.links { links.append(try resolve(link, of: index)) }
            for (relation, reference) in span.timings {
                timings.append(Timing(node: index, other: try find(reference, for: index), relation: relation))
            }
        }
        try addIncomingLinks()
        addComparisons()
    }

    // MARK: Nodes

    private mutating func append(
        _ span: SpanExpectation?, below parent: Int, _ rule: ChildrenRule, _ occurrence: Occurrence
    ) -> Int {
        let index = nodes.count
        let repetitions = nodes[parent].repetitions + (occurrence.maximum > 1 ? [index] : [])
        nodes.append(
            Node(
                span: span, parent: parent, depth: nodes[parent].depth + 1, childrenRule: rule,
                occurrence: occurrence, repetitions: repetitions))
        nodes[parent].children.append(index)
        return index
    }

    private mutating func add(_ span: SpanExpectation, below parent: Int) throws(InvalidTraceExpectation) {
        let index = append(span, below: parent, span.childrenRule, span.occurrence)
        if let reference = span.reference {
            if references[reference] != nil {
                throw InvalidTraceExpectation(
                    code: .duplicateReference, message: "Two spans are named \"\(reference)\".",
                    hint: "Give each span a name of its own with named(_:).")
            }
            references[reference] = index
        }
        for event in span.events { try event.attributes.refuseComparisons(of: "the event \(event.name)") }
        for child in span.children { try add(child, below: index) }
    }

    // MARK: What relates nodes

    private func find(_ reference: String, for node: Int) throws(InvalidTraceExpectation) -> Int {
        guard let other = references[reference] else {
            let known = references.keys.sorted().map(SpanText.quoted).joined(separator: ", ")
            throw InvalidTraceExpectation(
                code: .unknownReference,
                message: "A link or a time refers to \"\(reference)\", but no span is named so.",
                hint: known.isEmpty ? "Give the other span a name with named(_:)." : "The names are \(known).")
        }
        let (mine, others) = (nodes[node].repetitions, nodes[other].repetitions)
        guard mine.starts(with: others) || others.starts(with: mine) else {
            throw InvalidTraceExpectation(
                code: .repeatedReference,
                message: "A span that is repeated refers to \"\(reference)\", which is repeated apart from it.",
                hint: "Which of them belong together can't be told: write them out, or repeat what is above both.")
        }
        return other
    }

    private func resolve(_ link: SpanExpectation.Link, of node: Int) throws(InvalidTraceExpectation) -> Link {
        switch link.target {
        case .known(let context): Link(source: node, target: .known(context), type: link.type)
        case .expected(let reference):
            Link(source: node, target: .node(try find(reference, for: node)), type: link.type)
        }
    }

    /// Adds the links that their targets mention, other than those that their sources mention as well.
    private mutating func addIncomingLinks() throws(InvalidTraceExpectation) {
        var mentioned = links
        for index in nodes.indices {
            for link in nodes[index].span?.incomingLinks ?? [] {
                guard case .expected(let reference) = link.target else { continue }
                let source = try find(reference, for: index)
                let same = mentioned.firstIndex { other in
                    guard case .node(index) = other.target else { return false }
                    return other.source == source && other.type == link.type
                }
                if let same {
                    mentioned.remove(at: same)
                } else {
                    links.append(Link(source: source, target: .node(index), type: link.type))
                }
            }
        }
    }

    private mutating func addComparisons() {
        for index in nodes.indices {
            for (key, matcher) in nodes[index].span?.attributes ?? [] {
                guard let name = matcher.comparison else { continue }
                if let known = comparisons.firstIndex(where: { $0.name == name }) {
                    let first = nodes[comparisons[known].places[0].node].repetitions
                    let shared = zip(first, nodes[index].repetitions).prefix { $0 == $1 }.count
                    comparisons[known].shared = min(comparisons[known].shared, shared)
                    comparisons[known].places.append((index, key))
                } else {
                    let isSame = if case .same = name { true } else { false }
                    let shared = isSame ? nodes[index].repetitions.count : 0
                    comparisons.append(Comparison(name: name, places: [(index, key)], shared: shared))
                }
            }
        }
    }
}
