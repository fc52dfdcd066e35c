import QueuertOTel

/// Short names for identifiers: s1, s2 … for recorded spans in the order in which they are drawn, t1, t2 … for traces,
/// o1, o2 … for open spans, x1, x2 … for spans that were referred to but not recorded.
///
/// The names depend on the shape of the traces only, so two runs with other identifiers give the same text.
struct SpanLabels {
    private var names: [SpanIdentity: String] = [:]
    private var labels: [SpanIdentity: String] = [:]
    private var traces: [TraceID: String] = [:]

    init(_ forest: TraceForest) {
        for (index, trace) in forest.traces.enumerated() {
            traces[trace.id] = "t\(index + 1)"
            for root in trace.roots { add(root) }
        }
        for (index, open) in forest.openSpans.enumerated() where labels[SpanIdentity(open.context)] == nil {
            labels[SpanIdentity(open.context)] = "o\(index + 1)"
            names[SpanIdentity(open.context)] = "\(open.name), open"
        }
        var unknown = 0
        for span in forest.traces.lazy.flatMap({ $0.roots.flatMap(\.preorder) }) {
            for context in [span.parent].compactMap({ $0 }) + span.links.map(\.context)
            where labels[SpanIdentity(context)] == nil {
                unknown += 1
                labels[SpanIdentity(context)] = "x\(unknown)"
            }
        }
    }

    private mutating func add(_ node: TraceNode) {
        let identity = SpanIdentity(node.span.context)
        // A second span of the same identity is a defect that the invariants report; it shares the label.
        if labels[identity] == nil {
            labels[identity] = "s\(labels.count + 1)"
            names[identity] = node.span.name
        }
        for child in node.children { add(child) }
    }

    /// The short name of a span.
    subscript(_ context: TraceContext) -> String {
        labels[SpanIdentity(context)] ?? context.spanID.description
    }

    /// The short name of a trace.
    func trace(_ id: TraceID) -> String { traces[id] ?? id.description }

    /// A span that is referred to: its short name, and what it is.
    func reference(_ context: TraceContext) -> String {
        "\(self[context]) (\(names[SpanIdentity(context)] ?? "not recorded"))"
    }
}

extension TraceNode {
    /// This span and all below it, as they are drawn.
    var preorder: [SpanData] { [span] + children.flatMap(\.preorder) }
}
