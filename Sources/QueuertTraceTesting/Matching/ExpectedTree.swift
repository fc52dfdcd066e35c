import QueuertOTel

/// An expectation as a list: the forest first, below it the traces, below them their spans; parents before children.
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
        let childrenRule: ChildrenRule
        var children: [Int] = []
        var links: [Link] = []
    }

    private(set) var nodes: [Node] = []
    /// Which span a name means.
    private(set) var references: [String: Int] = [:]
    let expectation: ForestExpectation

    init(_ expectation: ForestExpectation) throws(InvalidTraceExpectation) {
        self.expectation = expectation
        nodes.append(
            Node(
                span: nil, parent: nil, depth: 0, position: 0,
                childrenRule: .init(anyOrder: true, othersAllowed: expectation.othersAllowed)))
        for trace in expectation.traces {
            let index = append(nil, below: 0, trace.rootsRule)
            for root in trace.roots { try add(root, below: index) }
        }
        for index in nodes.indices {
            for link in nodes[index].span?.links ?? [] { nodes[index].links.append(try resolve(link)) }
        }
    }

    private func resolve(_ link: SpanExpectation.Link) throws(InvalidTraceExpectation) -> Link {
        switch link.target {
        case .known(let context): return Link(target: .known(context), type: link.type)
        case .expected(let reference):
            if let node = references[reference] { return Link(target: .node(node), type: link.type) }
            let known = references.keys.sorted().map(SpanText.quoted).joined(separator: ", ")
            throw InvalidTraceExpectation(
                code: .unknownReference, message: "A link refers to \"\(reference)\", but no span is named so.",
                hint: known.isEmpty ? "Give the other span a name with named(_:)." : "The names are \(known).")
        }
    }

    private mutating func append(_ span: SpanExpectation?, below parent: Int, _ rule: ChildrenRule) -> Int {
        let index = nodes.count
        nodes.append(
            Node(
                span: span, parent: parent, depth: nodes[parent].depth + 1, position: nodes[parent].children.count,
                childrenRule: rule))
        nodes[parent].children.append(index)
        return index
    }

    private mutating func add(_ span: SpanExpectation, below parent: Int) throws(InvalidTraceExpectation) {
        let index = append(span, below: parent, span.childrenRule)
        if let reference = span.reference {
            if references[reference] != nil {
                throw InvalidTraceExpectation(
                    code: .duplicateReference, message: "Two spans are named \"\(reference)\".",
                    hint: "Give each span a name of its own with named(_:).")
            }
            references[reference] = index
        }
        for child in span.children { try add(child, below: index) }
    }
}
