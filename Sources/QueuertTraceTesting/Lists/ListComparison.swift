/// Something that was recorded, in words.
struct RecordedItem {
    let heading: String
    let details: [String]
}

/// Something that is expected of a list.
protocol ListItemExpectation {
    associatedtype Recorded

    /// What is expected, in words.
    var words: RecordedItem { get }
    /// Whether something that differs is meant nevertheless.
    func isAlike(_ recorded: Recorded) -> Bool
    /// What isn't as expected.
    func differences(from recorded: Recorded) -> [PropertyDifference]
    static func words(_ recorded: Recorded) -> RecordedItem
}

/// Compares a list with what is expected of it: which is which, and what differs.
struct ListComparison<Item: ListItemExpectation> {
    private let expected: [Item]
    private let recorded: [Item.Recorded]
    private let rule: ChildrenRule
    /// For each that is expected the recorded one, if all is as expected.
    let match: [Int]?

    init(_ expected: [Item], _ recorded: [Item.Recorded], _ rule: ChildrenRule) {
        self.expected = expected
        self.recorded = recorded
        self.rule = rule
        match = Self.match(expected, recorded, rule)
    }

    private static func match(_ expected: [Item], _ recorded: [Item.Recorded], _ rule: ChildrenRule) -> [Int]? {
        guard rule.othersAllowed || expected.count == recorded.count else { return nil }
        let candidates = expected.map { item in
            recorded.indices.filter { item.differences(from: recorded[$0]).isEmpty }
        }
        if rule.anyOrder { return distinctAssignment(candidates) }
        var result: [Int] = []
        for options in candidates {
            guard let next = options.first(where: { $0 > result.last ?? -1 }) else { return nil }
            result.append(next)
        }
        return result
    }

    /// What differs, as a drawing.
    func lines(depth: Int = 0) -> [DifferenceLine] {
        let partners = alignment()
        var lines: [DifferenceLine] = []
        var shown: Set<Int> = []
        for (index, item) in expected.enumerated() {
            guard let partner = partners[index] else {
                lines.append(DifferenceLine(mark: .missing, depth: depth, text: item.words.heading))
                lines += item.words.details.map { DifferenceLine(mark: .missing, depth: depth + 2, text: $0) }
                continue
            }
            // What came before and isn't expected is drawn where it came.
            if !rule.anyOrder { lines += others(before: partner, shown: &shown, partners, depth) }
            shown.insert(partner)
            lines.append(DifferenceLine(mark: .same, depth: depth, text: Item.words(recorded[partner]).heading))
            for difference in item.differences(from: recorded[partner]) {
                if let wanted = difference.expected {
                    lines.append(
                        DifferenceLine(mark: .missing, depth: depth + 2, text: "\(difference.property) = \(wanted)"))
                }
                if let found = difference.found, found != "absent" {
                    lines.append(
                        DifferenceLine(mark: .unexpected, depth: depth + 2, text: "\(difference.property) = \(found)"))
                }
            }
        }
        return lines + others(before: recorded.count, shown: &shown, partners, depth)
    }

    private func others(
        before end: Int, shown: inout Set<Int>, _ partners: [Int?], _ depth: Int
    ) -> [DifferenceLine] {
        let all = Set(partners.compactMap { $0 })
        var lines: [DifferenceLine] = []
        for index in 0..<end where !all.contains(index) && shown.insert(index).inserted {
            let words = Item.words(recorded[index])
            let mark: DifferenceLine.Mark = rule.othersAllowed ? .same : .unexpected
            lines.append(DifferenceLine(mark: mark, depth: depth, text: words.heading))
            lines += words.details.map { DifferenceLine(mark: mark, depth: depth + 2, text: $0) }
        }
        return lines
    }

    /// The recorded ones that are most like those that are expected: those without a difference first.
    private func alignment() -> [Int?] {
        if let match { return match }
        var partners = [Int?](repeating: nil, count: expected.count)
        var used: Set<Int> = []
        var candidates: [(item: Int, other: Int, differences: Int)] = []
        for (index, item) in expected.enumerated() {
            for other in recorded.indices where item.isAlike(recorded[other]) {
                candidates.append((index, other, item.differences(from: recorded[other]).count))
            }
        }
        candidates.sort { ($0.differences, $0.item, $0.other) < ($1.differences, $1.item, $1.other) }
        for (item, other, _) in candidates where partners[item] == nil && !used.contains(other) {
            let isInOrder = expected.indices.allSatisfy { index in
                guard let partner = partners[index] else { return true }
                return (index < item) == (partner < other)
            }
            guard rule.anyOrder || isInOrder else { continue }
            partners[item] = other
            used.insert(other)
        }
        return partners
    }
}
