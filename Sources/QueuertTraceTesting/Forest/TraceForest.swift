public import QueuertOTel

/// A span and the spans below it.
public struct TraceNode: Sendable {
    /// The span.
    public let span: SpanData
    /// The spans whose parent this one is: by start, then by name.
    public let children: [TraceNode]
}

/// The spans of one trace.
public struct RecordedTrace: Sendable {
    /// The trace's identifier.
    public let id: TraceID
    /// The spans that have no parent, or one that wasn't recorded: by start, then by name.
    public let roots: [TraceNode]
}

/// Spans as trees, a tree or several for each trace.
///
/// Where the spans come from doesn't matter: a ``TraceRecorder``, a collector, a file.
public struct TraceForest: Sendable {
    /// The traces, by the start of their first root.
    public let traces: [RecordedTrace]
    /// The spans, in the order in which they were given.
    public let spans: [SpanData]
    /// The spans that began and have not ended.
    public let openSpans: [OpenSpan]
    /// What the spans follow.
    public let conventions: TraceConventions
    /// The services that made the spans, as far as that is known.
    private let services: [SpanIdentity: String]
    /// The spans that began outside of the tasks of a recording.
    let detached: Set<SpanIdentity>
    /// The spans whose identifiers other spans have, too, which whoever was asked for them has left out.
    let conflicting: Set<SpanIdentity>

    /// Makes trees of spans.
    ///
    /// - Parameters:
    ///   - spans: The spans, in any order.
    ///   - openSpans: Spans that began and have not ended. They are no part of the trees.
    ///   - conventions: What the spans follow.
    public init(_ spans: [SpanData], openSpans: [OpenSpan] = [], conventions: TraceConventions = .queuert) {
        self.init(spans, openSpans: openSpans, conventions: conventions, services: [:], detached: [])
    }

    init(
        _ spans: [SpanData], openSpans: [OpenSpan] = [], conventions: TraceConventions,
        services: [SpanIdentity: String], detached: Set<SpanIdentity>, conflicting: Set<SpanIdentity> = []
    ) {
        self.spans = spans
        self.services = services
        self.detached = detached
        self.conflicting = conflicting
        self.openSpans = openSpans
        self.conventions = conventions
        let arrangement = Arrangement(spans)
        traces = arrangement.roots
            .reduce(into: [(id: TraceID, roots: [Int])]()) { traces, root in
                let id = spans[root].context.traceID
                if let index = traces.firstIndex(where: { $0.id == id }) {
                    traces[index].roots.append(root)
                } else {
                    traces.append((id, [root]))
                }
            }
            .map { RecordedTrace(id: $0.id, roots: $0.roots.map(arrangement.node)) }
    }

    /// All spans with a name, in the order in which they were given.
    ///
    /// - Parameter name: The name.
    /// - Returns: The spans.
    public func spans(named name: String) -> [SpanData] {
        spans.filter { $0.name == name }
    }

    /// The service that made a span, as its resource says; `nil` if that isn't known.
    ///
    /// - Parameter context: The span.
    /// - Returns: The resource's `service.name`.
    public func service(of context: TraceContext) -> String? { services[SpanIdentity(context)] }

    /// These spans only, with what is known of them.
    func filtered(_ isIncluded: (SpanData) -> Bool) -> TraceForest {
        TraceForest(
            spans.filter(isIncluded), openSpans: openSpans, conventions: conventions, services: services,
            detached: detached, conflicting: conflicting)
    }
}

/// Which span is below which, by their positions in the list of spans.
private struct Arrangement {
    let spans: [SpanData]
    var roots: [Int] = []
    var children: [Int: [Int]] = [:]

    init(_ spans: [SpanData]) {
        self.spans = spans
        let positions = Dictionary(
            spans.enumerated().map { (SpanIdentity($1.context), $0) }, uniquingKeysWith: { first, _ in first })
        let order = spans.indices.sorted { left, right in
            let (first, second) = (spans[left], spans[right])
            if first.start != second.start { return first.start < second.start }
            if first.name != second.name { return first.name < second.name }
            if first.end != second.end { return first.end < second.end }
            return left < right
        }
        var parents = spans.map { span in span.parent.flatMap { positions[SpanIdentity($0)] } }
        Self.breakCycles(in: &parents, order: order)
        for position in order {
            if let parent = parents[position] {
                children[parent, default: []].append(position)
            } else {
                roots.append(position)
            }
        }
    }

    /// Spans from elsewhere may be each other's parents.
    ///
    /// The earliest of such a circle becomes a root, lest none is shown.
    private static func breakCycles(in parents: inout [Int?], order: [Int]) {
        // 0: not seen yet, otherwise the number of the walk that saw the span.
        var seenBy = [Int](repeating: 0, count: parents.count)
        for (walk, start) in order.enumerated() {
            var position = start
            while seenBy[position] == 0, let parent = parents[position] {
                seenBy[position] = walk + 1
                position = parent
            }
            if seenBy[position] == walk + 1, parents[position] != nil {
                parents[Self.earliest(inCycleOf: position, parents: parents, order: order)] = nil
            }
        }
    }

    private static func earliest(inCycleOf position: Int, parents: [Int?], order: [Int]) -> Int {
        var cycle: Set<Int> = [position]
        var next = parents[position]
        while let current = next, cycle.insert(current).inserted { next = parents[current] }
        return order.first(where: cycle.contains) ?? position
    }

    func node(at position: Int) -> TraceNode {
        TraceNode(span: spans[position], children: (children[position] ?? []).map(node))
    }
}
