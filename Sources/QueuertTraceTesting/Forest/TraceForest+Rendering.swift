import QueuertOTel

/// What a drawing of traces shows besides names, kinds, failures and links.
public struct TraceRendering: Hashable, Sendable {
    /// Which attributes are shown.
    public enum Attributes: Hashable, Sendable {
        /// All, sorted by key.
        case all
        /// None.
        case none
        /// Those with these keys, sorted by key.
        case only(Set<String>)
    }

    /// Which attributes are shown.
    public var attributes: Attributes
    /// Whether the names of events are shown.
    public var events: Bool

    /// Makes a rendering.
    ///
    /// - Parameters:
    ///   - attributes: Which attributes are shown.
    ///   - events: Whether the names of events are shown.
    public init(attributes: Attributes = .none, events: Bool = false) {
        self.attributes = attributes
        self.events = events
    }

    func shows(_ key: String) -> Bool {
        switch attributes {
        case .all: true
        case .none: false
        case .only(let keys): keys.contains(key)
        }
    }
}

extension TraceForest: CustomStringConvertible {
    /// The trees with all that is known about each span.
    public var description: String { rendered(.init(attributes: .all, events: true)) }

    /// Draws the trees.
    ///
    /// The text holds neither identifiers nor times, so that two runs that did the same give the same text: spans are called
    /// s1, s2 and so on from top to bottom, traces t1, t2, and spans that are referred to but weren't recorded x1, x2.
    ///
    /// - Parameter rendering: What is shown.
    /// - Returns: A line for each trace, span, attribute, event and link.
    public func rendered(_ rendering: TraceRendering = .init()) -> String {
        let labels = SpanLabels(self)
        var lines: [String] = []
        for trace in traces {
            lines.append("trace \(labels.trace(trace.id))")
            for root in trace.roots { append(root, depth: 1, rendering, labels, to: &lines) }
        }
        return lines.joined(separator: "\n")
    }

    private func append(
        _ node: TraceNode, depth: Int, _ rendering: TraceRendering, _ labels: SpanLabels, to lines: inout [String]
    ) {
        let text = SpanText(node.span, labels: labels, conventions: conventions)
        let indentation = String(repeating: "  ", count: depth)
        lines.append(indentation + text.heading(isRoot: depth == 1))
        var details = node.span.attributes.filter { rendering.shows($0.key) }
            .sorted { $0.key < $1.key }.map(SpanText.attribute)
        if rendering.events { details += node.span.events.map { SpanText.event($0.name) } }
        details += node.span.links.map(text.link)
        lines += details.map { indentation + "    " + $0 }
        for child in node.children { append(child, depth: depth + 1, rendering, labels, to: &lines) }
    }
}
