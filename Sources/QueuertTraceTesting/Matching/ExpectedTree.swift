import QueuertOTel

/// An expectation as a list in which each part stands as often as it may come: the forest first, below it the traces, below
/// them their spans; parents before children.
struct ExpectedTree: Sendable {
    struct Link: Sendable {
        enum Target: Sendable {
            case node(Int)
            case known(TraceContext)
        }
        let target: Target
        /// The type of the link; `nil` if it may be any.
        let type: String?
    }

    struct Node: Sendable {
        /// The span that is expected; `nil` for the forest and for a trace.
        let span: SpanExpectation?
        let parent: Int?
        let depth: Int
        /// Which of its parent's children this one is.
        let position: Int
        /// How many siblings before it can't be missing.
        let leastPosition: Int
        let childrenRule: ChildrenRule
        let occurrence: Occurrence
        /// Whether it may be missing though its parent is there.
        let isOptional: Bool
        /// Whether it, or one above it, may be missing.
        let mayBeAbsent: Bool
        /// Which of its parent's children is the first that is no repetition of this one.
        let groupEnd: Int
        var children: [Int] = []
        var links: [Link] = []
    }

    /// A span whose time relates to another's.
    struct Timing: Sendable {
        let node: Int
        let other: Int
        let relation: TimingRelation
    }

    /// Attributes whose values are all the same, or all different.
    struct Comparison: Sendable {
        let isSame: Bool
        let name: String
        var places: [(node: Int, key: String)]
    }

    /// Ranges that allow more than this are given up: what is repeated within what is repeated multiplies.
    private static let nodeLimit = 50_000

    private(set) var nodes: [Node] = []
    /// Which spans a name means.
    private(set) var references: [String: [Int]] = [:]
    private(set) var timings: [Timing] = []
    private(set) var comparisons: [Comparison] = []
    /// Whether there are too many nodes to list them all.
    private(set) var isTooLarge = false
    let expectation: ForestExpectation

    private struct Instance {
        let node: Int
        /// Which repetition it is in, for each of the repetitions of its template.
        let copies: [Int]
    }
    private var instances: [[Instance]]

    /// Lists an expectation for a comparison with traces, which tell how often what has no bound may come.
    init(_ template: ExpectationTemplate, for recorded: RecordedTree) {
        expectation = template.expectation
        instances = Array(repeating: [], count: template.nodes.count)
        let root = template.nodes[0]
        nodes.append(
            Node(
                span: nil, parent: nil, depth: 0, position: 0, leastPosition: 0, childrenRule: root.childrenRule,
                occurrence: .once, isOptional: false, mayBeAbsent: false, groupEnd: 1))
        instances[0] = [Instance(node: 0, copies: [])]
        addChildren(of: 0, below: 0, copies: [], template, recorded)
        for (name, index) in template.references { references[name] = instances[index].map(\.node) }
        addRelations(template)
        instances = []
    }

    /// The expectation against traces that tell nothing of how often anything comes.
    init(_ expectation: ForestExpectation, for recorded: RecordedTree) throws(InvalidTraceExpectation) {
        self.init(try ExpectationTemplate(expectation), for: recorded)
    }

    /// How many nodes can't be missing.
    var requiredCount: Int { nodes.count { !$0.mayBeAbsent } }

    // MARK: Nodes

    private mutating func addChildren(
        of template: Int, below parent: Int, copies: [Int], _ all: ExpectationTemplate, _ recorded: RecordedTree
    ) {
        for child in all.nodes[template].children {
            let (span, occurrence) = (all.nodes[child].span, all.nodes[child].occurrence)
            let most = max(
                occurrence.minimum,
                min(occurrence.maximum, recorded.mostChildren(span?.name, below: nodes[parent].depth)))
            let groupEnd = nodes[parent].children.count + most
            for copy in 0..<most {
                guard nodes.count < Self.nodeLimit else { return isTooLarge = true }
                let least = nodes[parent].children.count { !nodes[$0].isOptional }
                let isOptional = copy >= occurrence.minimum
                let index = nodes.count
                nodes.append(
                    Node(
                        span: span, parent: parent, depth: nodes[parent].depth + 1,
                        position: nodes[parent].children.count, leastPosition: least,
                        childrenRule: all.nodes[child].childrenRule, occurrence: occurrence, isOptional: isOptional,
                        mayBeAbsent: isOptional || nodes[parent].mayBeAbsent, groupEnd: groupEnd))
                nodes[parent].children.append(index)
                let copies = copies + (occurrence.maximum > 1 ? [copy] : [])
                instances[child].append(Instance(node: index, copies: copies))
                addChildren(of: child, below: index, copies: copies, all, recorded)
            }
        }
    }

    // MARK: What relates nodes

    /// The instances of two templates that belong together: those in the same repetitions of what both are in.
    private func pairs(_ first: Int, _ second: Int, in all: ExpectationTemplate) -> [(Int, Int)] {
        let shared = min(all.nodes[first].repetitions.count, all.nodes[second].repetitions.count)
        let groups = Dictionary(grouping: instances[second]) { $0.copies.prefix(shared) }
        return instances[first].flatMap { instance in
            (groups[instance.copies.prefix(shared)] ?? []).map { (instance.node, $0.node) }
        }
    }

    private mutating func addRelations(_ all: ExpectationTemplate) {
        for link in all.links {
            switch link.target {
            case .known(let context):
                for instance in instances[link.source] {
                    nodes[instance.node].links.append(Link(target: .known(context), type: link.type))
                }
            case .node(let target):
                for (source, target) in pairs(link.source, target, in: all) {
                    nodes[source].links.append(Link(target: .node(target), type: link.type))
                }
            }
        }
        for timing in all.timings {
            for (node, other) in pairs(timing.node, timing.other, in: all) {
                timings.append(Timing(node: node, other: other, relation: timing.relation))
            }
        }
        for comparison in all.comparisons {
            let (isSame, name) =
                switch comparison.name {
                case .same(let name): (true, name)
                case .distinct(let name): (false, name)
                }
            var groups: [ArraySlice<Int>: Int] = [:]
            for (template, key) in comparison.places {
                for instance in instances[template] {
                    let repetition = instance.copies.prefix(comparison.shared)
                    let group = groups[repetition] ?? comparisons.count
                    if group == comparisons.count {
                        groups[repetition] = group
                        comparisons.append(Comparison(isSame: isSame, name: name, places: []))
                    }
                    comparisons[group].places.append((instance.node, key))
                }
            }
        }
    }
}
