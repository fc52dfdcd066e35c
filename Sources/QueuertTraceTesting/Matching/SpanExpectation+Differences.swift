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
    /// Whether a span is as expected, as far as that can be told without its neighbours.
    func matchesAlone(_ span: SpanData) -> Bool {
        span.name == name && differences(from: span).isEmpty
    }

    /// What about a span is not as expected, its links and children left aside.
    func differences(from span: SpanData) -> [PropertyDifference] {
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
        return result + attributeDifferences(from: span) + eventDifferences(from: span)
    }

    private func attributeDifferences(from span: SpanData) -> [PropertyDifference] {
        var result: [PropertyDifference] = []
        for (key, matcher) in attributes {
            let value = span[attribute: key]
            guard !matcher.matches(value) else { continue }
            result.append(
                .init(property: key, expected: matcher.description, found: value.map(SpanText.value) ?? "absent"))
        }
        if !otherAttributesAllowed {
            let mentioned = Set(attributes.map(\.key))
            for attribute in span.attributes.sorted(by: { $0.key < $1.key }) where !mentioned.contains(attribute.key) {
                result.append(
                    .init(property: attribute.key, expected: "absent", found: SpanText.value(attribute.value)))
            }
        }
        return result
    }

    private func eventDifferences(from span: SpanData) -> [PropertyDifference] {
        var found = span.events.map(\.name)
        return events.compactMap { event in
            if let index = found.firstIndex(of: event) {
                found.remove(at: index)
                return nil
            }
            return .init(property: "event", expected: event, found: nil)
        }
    }
}
