import QueuertOTel

/// One thing about a span that is not as expected.
struct PropertyDifference: Equatable {
    /// Which thing, such as `attribute error.type`.
    let property: String
    /// What is expected; `nil` if there should be nothing.
    let expected: String?
    /// What was found; `nil` if there was nothing.
    let found: String?
}

extension SpanExpectation {
    /// Whether a span is as expected, as far as that can be told without other expected spans.
    func matchesAlone(_ node: RecordedTree.Node) -> Bool {
        node.span?.name == name && differences(from: node).isEmpty
    }

    /// What about a span is not as expected, its expected links and children left aside.
    func differences(from node: RecordedTree.Node) -> [PropertyDifference] {
        guard let span = node.span else { return [] }
        var result: [PropertyDifference] = []
        if name != span.name {
            result.append(.init(property: "name", expected: name, found: span.name))
        }
        if let kind, kind != span.kind {
            result.append(
                .init(property: "kind", expected: SpanText.kind(kind), found: SpanText.kind(span.kind)))
        }
        if let status, !status.matches(span.status) {
            result.append(
                .init(property: "status", expected: status.description, found: SpanText.status(span.status)))
        }
        if let service, service != node.service {
            result.append(
                .init(
                    property: "service", expected: SpanText.quoted(service),
                    found: node.service.map(SpanText.quoted) ?? "absent"))
        }
        for duration in durations where !duration.matches(span.duration) {
            result.append(.init(property: "duration", expected: duration.description, found: "\(span.duration)"))
        }
        return result + attributes.differences(from: span.attributes, othersAllowed: otherAttributesAllowed)
            + eventDifferences(from: span) + linkCountDifferences(from: node)
    }

    private func eventDifferences(from span: SpanData) -> [PropertyDifference] {
        let candidates = events.map { event in
            span.events.indices.filter { index in
                span.events[index].name == event.name
                    && event.attributes.differences(from: span.events[index].attributes, othersAllowed: true).isEmpty
            }
        }
        var unused = Set(span.events.indices)
        var result: [PropertyDifference] = []
        if let assignment = distinctAssignment(candidates) {
            unused.subtract(assignment)
        } else {
            for (event, candidates) in zip(events, candidates) {
                if let match = candidates.first(where: unused.contains) {
                    unused.remove(match)
                    continue
                }
                // An event of that name, if its attributes are what differs.
                let like = unused.sorted().first { span.events[$0].name == event.name }
                if let like { unused.remove(like) }
                result.append(
                    .init(
                        property: "event", expected: event.description,
                        found: like.map { SpanText.words(span.events[$0], keys: event.attributes.map(\.key)) }))
            }
        }
        guard !otherEventsAllowed else { return result }
        return result
            + unused.sorted().map { .init(property: "event", expected: nil, found: span.events[$0].name) }
    }

    private func linkCountDifferences(from node: RecordedTree.Node) -> [PropertyDifference] {
        linkCounts.compactMap { wanted in
            let types = wanted.isIncoming ? node.incomingLinks : node.links.map(\.type)
            let found = types.count { wanted.type == nil || $0 == wanted.type }
            guard !wanted.count.contains(found) else { return nil }
            let kind = (wanted.isIncoming ? "incoming links" : "links") + (wanted.type.map { " \($0)" } ?? "")
            return .init(property: kind, expected: wanted.count.description, found: "\(found)")
        }
    }
}

extension SpanExpectation.Event {
    /// The event in words.
    var description: String {
        attributes.isEmpty
            ? name : "\(name) {" + attributes.map { "\($0) = \($1.description)" }.joined(separator: ", ") + "}"
    }
}

extension [(key: String, matcher: AttributeMatcher)] {
    /// What of some attributes is not as expected.
    func differences(from found: [Attribute], othersAllowed: Bool) -> [PropertyDifference] {
        var result: [PropertyDifference] = []
        for (key, matcher) in self {
            let value = found.first { $0.key == key }?.value
            guard !matcher.matches(value) else { continue }
            result.append(
                .init(property: key, expected: matcher.description, found: value.map(SpanText.value) ?? "absent"))
        }
        guard !othersAllowed else { return result }
        let mentioned = Set(map(\.key))
        for attribute in found.sorted(by: { $0.key < $1.key }) where !mentioned.contains(attribute.key) {
            result.append(.init(property: attribute.key, expected: "absent", found: SpanText.value(attribute.value)))
        }
        return result
    }
}
