import QueuertOTel

extension PointExpectation: ListItemExpectation {
    var words: RecordedItem {
        let attributes = attributes.map { "\($0) = \($1.description)" }.joined(separator: ", ")
        let numbers = numbers.map { " \($0.rawValue) \($1.description)" }.joined(separator: ",")
        return RecordedItem(heading: "point {\(attributes)}\(numbers)", details: [])
    }

    static func words(_ recorded: MetricPoint) -> RecordedItem { RecordedItem(heading: recorded.heading, details: []) }

    /// A point of the same attributes whose numbers differ is meant.
    func isAlike(_ recorded: MetricPoint) -> Bool {
        attributes.differences(from: recorded.attributes, othersAllowed: true).isEmpty
    }

    func differences(from recorded: MetricPoint) -> [PropertyDifference] {
        attributes.differences(from: recorded.attributes, othersAllowed: otherAttributesAllowed)
            + numbers.compactMap { property, matcher in
                let found = recorded.number(property)
                if let found, matcher.matches(found) { return nil }
                return PropertyDifference(
                    property: property.rawValue, expected: matcher.description,
                    found: found.map(NumberMatcher.text) ?? "absent")
            }
            + exemplars.filter { context in
                !recorded.exemplars.contains { $0.context.map(SpanIdentity.init) == SpanIdentity(context) }
            }.map { context in
                let spans = recorded.exemplars.map { $0.context.map { "\($0.spanID)" } ?? "no span" }
                return PropertyDifference(
                    property: "exemplar in span", expected: "\(context.spanID)",
                    found: spans.isEmpty ? "absent" : spans.joined(separator: ", "))
            }
    }
}

extension MetricPoint {
    func number(_ property: PointExpectation.Property) -> Double? {
        switch property {
        case .value: count == nil ? value : nil
        case .count: count.map { Double($0) }
        case .sum: count == nil ? nil : value
        case .minimum: minimum
        case .maximum: maximum
        }
    }
}
