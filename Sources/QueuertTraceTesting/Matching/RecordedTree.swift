import QueuertOTel

/// Recorded spans as a list of the same form as ``ExpectedTree``.
struct RecordedTree {
    struct Link {
        let type: String?
        let target: SpanIdentity
        /// The span that the link leads to, if it was recorded.
        var node: Int?
    }

    struct Node {
        /// The span; `nil` for the forest and for a trace.
        let span: SpanData?
        let parent: Int?
        let depth: Int
        /// Which of its parent's children this one is.
        let position: Int
        /// The service that made the span, if that is known.
        var service: String?
        var children: [Int] = []
        var links: [Link] = []
        /// The types of the links that lead to the span.
        var incomingLinks: [String?] = []
    }

    private(set) var nodes: [Node] = []
    private(set) var positions: [SpanIdentity: Int] = [:]
    let forest: TraceForest
    /// How many spans of a name there are at most below any one node, by depth.
    private var fanOut: [[String?: Int]] = []

    init(_ forest: TraceForest) {
        self.forest = forest
        nodes.append(Node(span: nil, parent: nil, depth: 0, position: 0))
        for trace in forest.traces {
            let index = append(nil, below: 0)
            for root in trace.roots { add(root, below: index) }
        }
        for index in nodes.indices {
            nodes[index].links = (nodes[index].span?.links ?? []).map { link in
                let target = SpanIdentity(link.context)
                return Link(type: forest.conventions.type(of: link), target: target, node: positions[target])
            }
            for link in nodes[index].links {
                if let target = link.node { nodes[target].incomingLinks.append(link.type) }
            }
        }
        countChildren()
    }

    private mutating func countChildren() {
        fanOut = Array(repeating: [:], count: (nodes.map(\.depth).max() ?? 0) + 1)
        for node in nodes {
            let counts = Dictionary(node.children.map { (nodes[$0].span?.name, 1) }, uniquingKeysWith: +)
            fanOut[node.depth].merge(counts, uniquingKeysWith: max)
        }
    }

    /// How many spans of a name, or traces, there are at most below any one node of a depth.
    func mostChildren(_ name: String?, below depth: Int) -> Int {
        depth < fanOut.count ? fanOut[depth][name] ?? 0 : 0
    }

    private mutating func append(_ span: SpanData?, below parent: Int) -> Int {
        let index = nodes.count
        nodes.append(
            Node(
                span: span, parent: parent, depth: nodes[parent].depth + 1, position: nodes[parent].children.count))
        nodes[parent].children.append(index)
        return index
    }

    private mutating func add(_ node: TraceNode, below parent: Int) {
        let index = append(node.span, below: parent)
        nodes[index].service = forest.service(of: node.span.context)
        positions[SpanIdentity(node.span.context)] = positions[SpanIdentity(node.span.context)] ?? index
        for child in node.children { add(child, below: index) }
    }
}
