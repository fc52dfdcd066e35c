import QueuertOTel

/// Pairs expected spans with the recorded ones that are most like them, for the text of a failure.
///
/// The pairs need not be the best ones; where nothing differs between any two of a pair, the traces are as expected.
struct NearestAlignment {
    private struct Pair: Hashable {
        let expected: Int
        let recorded: Int
    }

    /// How much it counts that names are equal, against any one other property.
    private static let nameWeight = 8
    private static let propertyWeight = 2

    private let expected: ExpectedTree
    private let recorded: RecordedTree
    /// What links are taken to lead to; `nil` to go by the names of the spans alone.
    private let assumption: [Int?]?
    private var scores: [Pair: Int] = [:]
    /// The score of each expected node against just what is expected.
    private let bestScores: [Int]
    /// For each expected node the recorded one, if there is one like it.
    private(set) var partners: [Int?]

    static func find(_ expected: ExpectedTree, _ recorded: RecordedTree) -> [Int?] {
        // The first round can't tell spans apart that differ only in where their links lead; the second can.
        let first = NearestAlignment(expected, recorded, assumption: nil).partners
        return NearestAlignment(expected, recorded, assumption: first).partners
    }

    private init(_ expected: ExpectedTree, _ recorded: RecordedTree, assumption: [Int?]?) {
        self.expected = expected
        self.recorded = recorded
        self.assumption = assumption
        partners = Array(repeating: nil, count: expected.nodes.count)
        var bestScores = Array(repeating: 1, count: expected.nodes.count)
        // Children come after their parents.
        for (index, node) in expected.nodes.enumerated().reversed() {
            if let span = node.span {
                bestScores[index] = Self.nameWeight + Self.propertyWeight * (span.ownProperties + span.links.count)
            }
            for child in node.children where !expected.nodes[child].isOptional {
                bestScores[index] += bestScores[child]
            }
        }
        self.bestScores = bestScores
        settle(0, as: 0)
    }

    private mutating func settle(_ node: Int, as other: Int) {
        partners[node] = other
        for pair in alignChildren(of: node, with: other).pairs { settle(pair.expected, as: pair.recorded) }
    }

    private mutating func score(_ node: Int, _ other: Int) -> Int {
        let pair = Pair(expected: node, recorded: other)
        if let known = scores[pair] { return known }
        var result = ownScore(node, other)
        if !expected.nodes[node].children.isEmpty { result += alignChildren(of: node, with: other).score }
        let extra = recorded.nodes[other].children.count - expected.nodes[node].children.count
        if !expected.nodes[node].childrenRule.othersAllowed { result -= max(0, extra) }
        scores[pair] = result
        return result
    }

    private func ownScore(_ node: Int, _ other: Int) -> Int {
        guard let expectation = expected.nodes[node].span, let span = recorded.nodes[other].span else { return 1 }
        let differences = expectation.differences(from: recorded.nodes[other])
        let links = expected.nodes[node].links.filter { link in
            !LinkAssignment.candidates(for: link, on: recorded.nodes[other], accepts: isLike).isEmpty
        }
        var score = expectation.ownProperties - differences.count { $0.property != "name" } + links.count
        score *= Self.propertyWeight
        if expectation.name == span.name { score += Self.nameWeight }
        return score
    }

    private func isLike(_ node: Int, _ target: Int) -> Bool {
        if let assumption { return assumption[node] == target }
        return expected.nodes[node].span?.name == recorded.nodes[target].span?.name
    }

    /// Whether two nodes are like enough to be shown as one that differs.
    private mutating func areAlike(_ node: Int, _ other: Int) -> Bool {
        guard let expectation = expected.nodes[node].span, let span = recorded.nodes[other].span else {
            return score(node, other) > 1 || expected.nodes[node].children.isEmpty
        }
        return expectation.name == span.name || score(node, other) * 2 >= bestScores[node]
    }

    // MARK: Children

    private mutating func alignChildren(of node: Int, with other: Int) -> (score: Int, pairs: [Pair]) {
        let children = expected.nodes[node].children
        let others = recorded.nodes[other].children
        guard !children.isEmpty, !others.isEmpty else { return (0, []) }
        var result: (score: Int, pairs: [Pair]) = (0, [])
        let (rest, otherRest) = takeEqual(children[...], others[...], into: &result)
        let aligned =
            expected.nodes[node].childrenRule.anyOrder
            ? alignInAnyOrder(Array(rest), Array(otherRest)) : alignInOrder(Array(rest), Array(otherRest))
        return (result.score + aligned.score, result.pairs + aligned.pairs)
    }

    /// Pairs what is as expected at the beginning and at the end, which is most of it as a rule.
    private mutating func takeEqual(
        _ children: ArraySlice<Int>, _ others: ArraySlice<Int>, into result: inout (score: Int, pairs: [Pair])
    ) -> (ArraySlice<Int>, ArraySlice<Int>) {
        var (children, others) = (children, others)
        while let child = children.first, let other = others.first, isPerfect(child, other) {
            result.score += score(child, other)
            result.pairs.append(Pair(expected: child, recorded: other))
            (children, others) = (children.dropFirst(), others.dropFirst())
        }
        while let child = children.last, let other = others.last, isPerfect(child, other) {
            result.score += score(child, other)
            result.pairs.append(Pair(expected: child, recorded: other))
            (children, others) = (children.dropLast(), others.dropLast())
        }
        return (children, others)
    }

    private mutating func isPerfect(_ node: Int, _ other: Int) -> Bool {
        score(node, other) >= bestScores[node]
    }

    /// The best first, then the best of the rest, and so on.
    private mutating func alignInAnyOrder(_ children: [Int], _ others: [Int]) -> (score: Int, pairs: [Pair]) {
        var candidates: [(pair: Pair, score: Int)] = []
        for child in children {
            for other in others where areAlike(child, other) {
                candidates.append((Pair(expected: child, recorded: other), score(child, other)))
            }
        }
        candidates.sort {
            ($1.score, $0.pair.expected, $0.pair.recorded) < ($0.score, $1.pair.expected, $1.pair.recorded)
        }
        var used: (expected: Set<Int>, recorded: Set<Int>) = ([], [])
        var result: (score: Int, pairs: [Pair]) = (0, [])
        for (pair, score) in candidates
        where !used.expected.contains(pair.expected) && !used.recorded.contains(pair.recorded) {
            used.expected.insert(pair.expected)
            used.recorded.insert(pair.recorded)
            result.score += score
            result.pairs.append(pair)
        }
        return result
    }

    /// The best common subsequence.
    private mutating func alignInOrder(_ children: [Int], _ others: [Int]) -> (score: Int, pairs: [Pair]) {
        let width = others.count + 1
        // best[row * width + column]: what the children from row on can score with the others from column on.
        var best = Array(repeating: 0, count: (children.count + 1) * width)
        for row in children.indices.reversed() {
            for column in others.indices.reversed() {
                let skipping = max(best[(row + 1) * width + column], best[row * width + column + 1])
                let pairing =
                    areAlike(children[row], others[column])
                    ? score(children[row], others[column]) + best[(row + 1) * width + column + 1] : skipping
                best[row * width + column] = max(skipping, pairing)
            }
        }
        var pairs: [Pair] = []
        var (row, column) = (0, 0)
        while row < children.count, column < others.count {
            let here = best[row * width + column]
            if areAlike(children[row], others[column]),
                here == score(children[row], others[column]) + best[(row + 1) * width + column + 1]
            {
                pairs.append(Pair(expected: children[row], recorded: others[column]))
                (row, column) = (row + 1, column + 1)
            } else if here == best[(row + 1) * width + column] {
                row += 1
            } else {
                column += 1
            }
        }
        return (best[0], pairs)
    }
}

extension SpanExpectation {
    /// How many properties beside name, links and children are asked for.
    fileprivate var ownProperties: Int {
        attributes.count + events.count + durations.count + linkCounts.count
            + [kind != nil, status != nil, service != nil].count { $0 }
    }
}
