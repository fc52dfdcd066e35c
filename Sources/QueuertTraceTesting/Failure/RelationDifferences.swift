import QueuertOTel

/// What of the times and values of expected spans doesn't relate as it should, with recorded spans as their partners.
struct RelationDifferences {
    private let expected: ExpectedTree
    private let recorded: RecordedTree
    private let partners: [Int?]
    private let labels: SpanLabels

    init(_ expected: ExpectedTree, _ recorded: RecordedTree, _ partners: [Int?], _ labels: SpanLabels) {
        self.expected = expected
        self.recorded = recorded
        self.partners = partners
        self.labels = labels
    }

    /// What is not as expected about a node, against the others.
    func differences(of node: Int) -> [PropertyDifference] {
        expected.timings.filter { $0.node == node }.compactMap(difference)
            + expected.comparisons.flatMap { comparison in
                comparison.places.indices.filter { comparison.places[$0].node == node }
                    .compactMap { difference(at: $0, in: comparison) }
            }
    }

    private func difference(_ timing: ExpectedTree.Timing) -> PropertyDifference? {
        guard let span = self.span(timing.node), let other = self.span(timing.other),
            !timing.relation.holds(span, other)
        else {
            return nil
        }
        let name = expected.nodes[timing.other].span?.reference ?? ""
        let (property, wanted) = timing.relation.expectation(of: name)
        return PropertyDifference(property: property, expected: wanted, found: timing.relation.found(span, other))
    }

    /// A value is compared with that of the first place that has one; of equal ones where all should differ, the later is told.
    private func difference(at index: Int, in comparison: ExpectedTree.Comparison) -> PropertyDifference? {
        let key = comparison.places[index].key
        guard let value = span(comparison.places[index].node)?[attribute: key] else { return nil }
        for place in comparison.places[..<index] {
            guard let other = span(place.node), let otherValue = other[attribute: place.key] else { continue }
            if comparison.isSame {
                guard otherValue != value else { return nil }
                return PropertyDifference(
                    property: key,
                    expected: "\(SpanText.value(otherValue)), as \(labels[other.context]) has «\(comparison.name)»",
                    found: SpanText.value(value))
            }
            if otherValue == value {
                return PropertyDifference(
                    property: key, expected: "another than each other «\(comparison.name)»",
                    found: "\(SpanText.value(value)), as \(labels[other.context]) has it")
            }
        }
        return nil
    }

    private func span(_ node: Int) -> SpanData? { partners[node].flatMap { recorded.nodes[$0].span } }
}
