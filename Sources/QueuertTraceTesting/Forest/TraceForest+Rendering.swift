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

    /// Which attributes are shown, of spans and of events.
    public var attributes: Attributes
    /// Whether events are shown.
    public var events: Bool
    /// The attributes whose values are not shown, because they differ from run to run.
    public var masked: Set<String>
    /// Whether UUIDs are shown as `uuid1`, `uuid2` and so on, in the order in which they first appear.
    public var numbersUUIDs: Bool

    /// Makes a rendering.
    ///
    /// - Parameters:
    ///   - attributes: Which attributes are shown, of spans and of events.
    ///   - events: Whether events are shown.
    ///   - masked: The attributes whose values are not shown, because they differ from run to run.
    ///   - numbersUUIDs: Whether UUIDs are numbered, because they differ from run to run.
    public init(
        attributes: Attributes = .none, events: Bool = false, masked: Set<String> = [], numbersUUIDs: Bool = false
    ) {
        self.attributes = attributes
        self.events = events
        self.masked = masked
        self.numbersUUIDs = numbersUUIDs
    }

    /// What golden files hold: everything but what differs from run to run with a queue, which is times and identifiers.
    public static let golden = TraceRendering(
        attributes: .all, events: true,
        masked: [
            "messaging.client.id", "queuert.worker.id", "queuert.rescheduled_at", "queuert.rescheduled_after_ms",
            "queuert.job.scheduled_at", "queuert.job.wait.queue_s", "queuert.job.wait.schedule_s",
            "queuert.job.wait.backoff_s", "queuert.job.wait.blocked_s",
        ],
        numbersUUIDs: true)

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
        var uuids: [String: Int] = [:]
        for trace in traces {
            lines.append("trace \(labels.trace(trace.id))")
            for root in trace.roots { append(root, depth: 1, rendering, labels, &uuids, to: &lines) }
        }
        return lines.joined(separator: "\n")
    }

    private func append(
        _ node: TraceNode, depth: Int, _ rendering: TraceRendering, _ labels: SpanLabels, _ uuids: inout [String: Int],
        to lines: inout [String]
    ) {
        let text = SpanText(node.span, labels: labels, conventions: conventions)
        let indentation = String(repeating: "  ", count: depth)
        lines.append(indentation + text.heading(isRoot: depth == 1))
        var details = Self.lines(node.span.attributes, rendering, &uuids)
        for event in rendering.events ? node.span.events : [] {
            details.append(SpanText.event(event.name))
            details += Self.lines(event.attributes, rendering, &uuids).map { "    " + $0 }
        }
        details += node.span.links.map(text.link)
        lines += details.map { indentation + "    " + $0 }
        for child in node.children { append(child, depth: depth + 1, rendering, labels, &uuids, to: &lines) }
    }

    private static func lines(
        _ attributes: [Attribute], _ rendering: TraceRendering, _ uuids: inout [String: Int]
    ) -> [String] {
        attributes.filter { rendering.shows($0.key) }.sorted { $0.key < $1.key }
            .map { text($0, rendering, &uuids) }
    }

    private static func text(
        _ attribute: Attribute, _ rendering: TraceRendering, _ uuids: inout [String: Int]
    ) -> String {
        if rendering.masked.contains(attribute.key) { return "\(attribute.key) = …" }
        guard rendering.numbersUUIDs else { return SpanText.attribute(attribute) }
        return "\(attribute.key) = \(text(attribute.value, &uuids))"
    }

    /// A value whose UUIDs are numbered, those in a list too.
    private static func text(_ value: AttributeValue, _ uuids: inout [String: Int]) -> String {
        switch value {
        case .string(let text) where AttributeMatcher.isUUID(text):
            let number = uuids[text] ?? uuids.count + 1
            uuids[text] = number
            return "uuid\(number)"
        case .array(let elements): return "[" + elements.map { text($0, &uuids) }.joined(separator: ", ") + "]"
        default: return SpanText.value(value)
        }
    }
}
