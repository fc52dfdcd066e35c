import QueuertOTel
import Testing

@testable import QueuertTraceTesting

/// Compares the matcher with one that tries everything, on small random trees.
@Suite("The matcher against trying everything", .removedFailures)
struct ExhaustiveComparisonTests {
    @Test("A1 A2 both agree, and a failure always shows a difference", arguments: 0..<20)
    func agree(_ seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) &* 7919 &+ 1)
        var outcomes = (matched: 0, differed: 0)
        for _ in 0..<100 {
            let spans = Self.randomSpans(&random)
            let recorded = RecordedTree(TraceForest(spans))
            let expected = try ExpectedTree(Self.randomExpectation(of: recorded, &random), for: recorded)
            let outcome = ForestMatcher.match(expected, recorded)
            let truth = Self.existsAssignment(expected, recorded)
            switch outcome {
            case .matched(let partners):
                outcomes.matched += 1
                #expect(truth)
                #expect(Self.isRight(partners, expected, recorded))
            case .differs:
                outcomes.differed += 1
                #expect(!truth, "\(recorded.forest)")
                let difference = TraceDifference(expected, recorded)
                #expect(difference.firstFinding != nil)
                #expect(difference.lines.contains { $0.mark != .same })
            case .gaveUp: Issue.record("small trees are never too much")
            }
        }
        #expect(outcomes.matched > 5 && outcomes.differed > 5, "\(outcomes)")
    }

    // MARK: Trying everything

    static func existsAssignment(_ expected: ExpectedTree, _ recorded: RecordedTree) -> Bool {
        func extend(_ partners: [Int?]) -> Bool {
            let node = partners.count
            guard node < expected.nodes.count else { return isRight(partners, expected, recorded) }
            guard let parent = partners[expected.nodes[node].parent ?? 0] else { return extend(partners + [nil]) }
            let isFound = recorded.nodes[parent].children.contains {
                !partners.contains($0) && extend(partners + [$0])
            }
            return isFound || expected.nodes[node].isOptional && extend(partners + [nil])
        }
        return extend([0])
    }

    static func isRight(_ partners: [Int?], _ expected: ExpectedTree, _ recorded: RecordedTree) -> Bool {
        isRelatedRight(partners, expected, recorded)
            && expected.nodes.indices.allSatisfy { node in
                guard let partner = partners[node] else {
                    let parent = expected.nodes[node].parent.flatMap { partners[$0] }
                    return parent == nil || expected.nodes[node].isOptional
                }
                let (wanted, found) = (expected.nodes[node], recorded.nodes[partner])
                let children = wanted.children.compactMap { partners[$0] }
                guard Set(children).count == children.count, children.allSatisfy(found.children.contains) else {
                    return false
                }
                if !wanted.childrenRule.othersAllowed, children.count != found.children.count { return false }
                let positions = children.map { recorded.nodes[$0].position }
                if !wanted.childrenRule.anyOrder, positions.sorted() != positions { return false }
                guard let expectation = wanted.span, let span = found.span else {
                    return wanted.span == nil && found.span == nil
                }
                return expectation.name == span.name && hasLinks(wanted, found, partners)
            }
    }

    /// Whether there is a link for each that is asked for, what they lead to being there.
    static func hasLinks(_ wanted: ExpectedTree.Node, _ found: RecordedTree.Node, _ partners: [Int?]) -> Bool {
        let links = wanted.links.filter { link in
            guard case .node(let target) = link.target else { return true }
            return partners[target] != nil
        }
        if wanted.span?.otherLinksAllowed == false, links.count != found.links.count { return false }
        return permutations(Array(found.links.indices), choosing: links.count).contains { chosen in
            zip(links, chosen).allSatisfy { link, index in
                guard case .node(let target) = link.target else { return false }
                return found.links[index].node == partners[target]
                    && (link.type == nil || link.type == found.links[index].type)
            }
        }
    }

    static func isRelatedRight(_ partners: [Int?], _ expected: ExpectedTree, _ recorded: RecordedTree) -> Bool {
        func partner(_ node: Int) -> SpanData? { partners[node].flatMap { recorded.nodes[$0].span } }
        let areTimesRight = expected.timings.allSatisfy { timing in
            guard let span = partner(timing.node), let other = partner(timing.other) else { return true }
            return timing.relation.holds(span, other)
        }
        return areTimesRight
            && expected.comparisons.allSatisfy { comparison in
                let values = comparison.places.compactMap { place in partner(place.node)?[attribute: place.key] }
                return Set(values).count == (comparison.isSame ? min(1, values.count) : values.count)
            }
    }

    static func permutations(_ items: [Int], choosing count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return items.flatMap { item in
            permutations(items.filter { $0 != item }, choosing: count - 1).map { [item] + $0 }
        }
    }

    // MARK: Random trees

    static func randomSpans(_ random: inout SplitMix) -> [SpanData] {
        let count = UInt64.random(in: 1...6, using: &random)
        var traces: [UInt64] = []
        return (1...count).map { id in
            let parent =
                traces.isEmpty || Bool.random(using: &random) && Bool.random(using: &random)
                ? nil : UInt64.random(in: 1...UInt64(traces.count), using: &random)
            let traceID = parent.map { traces[Int($0) - 1] } ?? id
            traces.append(traceID)
            let links = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                let target = UInt64.random(in: 1...count, using: &random)
                return (target, ["x", "y"].randomElement(using: &random))
            }
            let value = Int64.random(in: 1...3, using: &random)
            return (id, parent, traceID, Bool.random(using: &random) ? "a" : "b", links, value)
        }
        .map { id, parent, traceID, name, links, value in
            recorded(
                id, name, below: parent, trace: traceID, attributes: ["value": .int(value)],
                links: links.map { link($0, trace: traces[Int($0) - 1], type: $1) })
        }
    }

    /// What was recorded, with some of it left out, changed or shuffled.
    static func randomExpectation(of recorded: RecordedTree, _ random: inout SplitMix) -> ForestExpectation {
        var dice = random
        defer { random = dice }
        func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &dice) < percent }
        func rule() -> ChildrenRule { ChildrenRule(anyOrder: chance(60), othersAllowed: chance(30)) }
        func children(_ node: Int, _ rule: ChildrenRule) -> [Int] {
            var result = recorded.nodes[node].children
            if rule.anyOrder { result.shuffle(using: &dice) }
            if rule.othersAllowed || chance(3) { result = result.filter { _ in chance(75) } }
            return result
        }
        // Spans that are left out can't be linked to.
        var kept: Set<Int> = []
        func build(_ node: Int, _ plan: [Int: (ChildrenRule, [Int])]) -> SpanExpectation {
            let (rule, below) = plan[node] ?? (ChildrenRule(), [])
            let name = recorded.nodes[node].span?.name ?? ""
            let children = below.map { build($0, plan) }
            let extra = chance(15) ? [span(chance(50) ? "a" : "b").repeated(0...2)] : []
            var result = span(chance(3) ? "a" : name) { chance(50) ? children + extra : extra + children }
                .named("\(node)")
            result.childrenRule = rule
            for link in recorded.nodes[node].links {
                guard let target = link.node, kept.contains(target), chance(70) else { continue }
                let other =
                    chance(5)
                    ? kept.sorted().filter { recorded.nodes[$0].span != nil }.randomElement(using: &dice) ?? target
                    : target
                result = result.linked(to: "\(other)", type: chance(70) ? link.type : nil)
            }
            if chance(30) { result = result.noOtherLinks() }
            if chance(10) { result = result.attribute("value", .same("value")) }
            if chance(10) { result = result.attribute("value", .distinct("value")) }
            let spans = kept.sorted().filter { recorded.nodes[$0].span != nil }
            if chance(10), let other = spans.randomElement(using: &dice) {
                result = chance(70) ? result.starts(afterStartOf: "\(other)") : result.encloses("\(other)")
            }
            if chance(15) { result = result.optional() }
            return result
        }
        var plan: [Int: (ChildrenRule, [Int])] = [:]
        func decide(_ node: Int) {
            let rule = rule()
            plan[node] = (rule, children(node, rule))
            for child in plan[node]?.1 ?? [] {
                kept.insert(child)
                decide(child)
            }
        }
        var forest = ForestExpectation()
        forest.othersAllowed = chance(30)
        let traces = children(0, ChildrenRule(anyOrder: true, othersAllowed: forest.othersAllowed))
        for trace in traces { decide(trace) }
        forest.traces = traces.map { trace in
            let (rule, roots) = plan[trace] ?? (ChildrenRule(), [])
            return TraceExpectation(rootsRule: rule, roots: roots.map { build($0, plan) })
        }
        return forest
    }
}

/// Repeatable random numbers.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
