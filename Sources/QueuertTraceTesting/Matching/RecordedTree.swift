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
        var children: [Int] = []
        var links: [Link] = []
    }

    private(set) var nodes: [Node] = []
    private(set) var positions: [SpanIdentity: Int] = [:]
    let forest: TraceForest

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
        }
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
        positions[SpanIdentity(node.span.context)] = positions[SpanIdentity(node.span.context)] ?? index
        for child in node.children { add(child, below: index) }
    }
}
