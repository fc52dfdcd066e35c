import QueuertOTel

/// Compares an expectation with what was recorded, for people.
struct TraceDifference {
    /// The first thing that is not as expected.
    struct Finding: Equatable {
        let path: [String]
        var details: [String]
    }

    private let expected: ExpectedTree
    private let recorded: RecordedTree
    private let labels: SpanLabels
    private let partners: [Int?]
    private let isPartner: Set<Int>
    private(set) var lines: [DifferenceLine] = []
    private(set) var firstFinding: Finding?

    init(_ expected: ExpectedTree, _ recorded: RecordedTree) {
        self.expected = expected
        self.recorded = recorded
        labels = SpanLabels(recorded.forest)
        partners = NearestAlignment.find(expected, recorded)
        isPartner = Set(partners.compactMap { $0 })
        compareChildren(of: 0, with: 0, depth: 0, path: [])
    }

    // MARK: Trees

    private mutating func compareChildren(of node: Int, with other: Int, depth: Int, path: [String]) {
        let children = expected.nodes[node].children
        let rule = expected.nodes[node].childrenRule
        // What is missing says more than what is there instead, and than what differs further down.
        if let missing = children.first(where: isMissing) { findMissing(missing, path: path) }
        // In order, what is missing is shown where it should be; in any order, at the end.
        var waiting = children[...]
        for place in recorded.nodes[other].children {
            guard isPartner.contains(place), let child = children.first(where: { partners[$0] == place }) else {
                showUnexpected(place, isAllowed: rule.othersAllowed, depth: depth, path: path)
                continue
            }
            if !rule.anyOrder {
                while let next = waiting.first, next != child {
                    if isMissing(next) { drawMissing(next, depth: depth) }
                    waiting.removeFirst()
                }
                waiting = waiting.dropFirst()
            }
            compare(child, with: place, depth: depth, path: path)
        }
        for child in waiting where isMissing(child) { drawMissing(child, depth: depth) }
    }

    private func isMissing(_ node: Int) -> Bool { partners[node] == nil && !expected.nodes[node].isOptional }

    private mutating func compare(_ node: Int, with other: Int, depth: Int, path: [String]) {
        guard let expectation = expected.nodes[node].span, let span = recorded.nodes[other].span else {
            let heading = recordedHeading(other, depth: depth)
            add(.same, depth, heading)
            compareChildren(of: node, with: other, depth: depth + 1, path: path + [heading])
            return
        }
        let path = path + [span.name + reference(expectation)]
        let differences =
            expectation.differences(from: recorded.nodes[other])
            + RelationDifferences(expected, recorded, partners, labels).differences(of: node)
        let inHeading: Set = ["name", "kind", "status"]
        if differences.contains(where: { inHeading.contains($0.property) }) {
            add(.missing, depth, heading(expectation))
            add(.unexpected, depth, recordedHeading(other, depth: depth))
        } else {
            add(.same, depth, recordedHeading(other, depth: depth) + reference(expectation))
        }
        var details = differences.map { difference in
            "\(difference.property): expected \(difference.expected ?? "nothing"), found \(difference.found ?? "none")"
        }
        for difference in differences where !inHeading.contains(difference.property) {
            if let wanted = difference.expected { add(.missing, depth + 2, property(difference.property, wanted)) }
            if let found = difference.found, found != "absent" {
                add(.unexpected, depth + 2, property(difference.property, found))
            }
        }
        details += compareLinks(of: node, with: other, expectation, span, depth: depth + 2)
        find(path, details)
        compareChildren(of: node, with: other, depth: depth + 1, path: path)
    }

    private mutating func findMissing(_ node: Int, path: [String]) {
        var details: [String] = []
        if let expectation = expected.nodes[node].span {
            details.append("\(heading(expectation)) is missing")
            details += nearest(to: expectation)
        } else {
            details.append("a trace is missing: \(expectedNames(below: node))")
            if let root = expected.nodes[node].children.first, let expectation = expected.nodes[root].span {
                details += nearest(to: expectation)
            }
        }
        find(path, details)
    }

    private mutating func drawMissing(_ node: Int, depth: Int) {
        let expectation = expected.nodes[node].span
        add(.missing, depth, expectation.map(heading) ?? "trace")
        for (key, matcher) in expectation?.attributes ?? [] {
            add(.missing, depth + 2, property(key, matcher.description))
        }
        for event in expectation?.events ?? [] { add(.missing, depth + 2, SpanText.event(event.description)) }
        for link in expected.nodes[node].links { add(.missing, depth + 2, text(link)) }
        for child in expected.nodes[node].children where !expected.nodes[child].isOptional {
            drawMissing(child, depth: depth + 1)
        }
    }

    private mutating func showUnexpected(_ other: Int, isAllowed: Bool, depth: Int, path: [String]) {
        let heading = recordedHeading(other, depth: depth)
        if !isAllowed {
            let isTrace = recorded.nodes[other].span == nil
            find(
                path,
                [
                    isTrace
                        ? "\(heading) was not expected: \(recordedNames(below: other))"
                        : "\(heading) was not expected"
                ])
        }
        drawUnexpected(other, isAllowed: isAllowed, depth: depth)
    }

    private mutating func drawUnexpected(_ other: Int, isAllowed: Bool, depth: Int) {
        let mark: DifferenceLine.Mark = isAllowed ? .same : .unexpected
        add(mark, depth, recordedHeading(other, depth: depth))
        if let span = recorded.nodes[other].span {
            let text = SpanText(span, labels: labels, conventions: recorded.forest.conventions)
            for link in span.links { add(mark, depth + 2, text.link(link)) }
        }
        for child in recorded.nodes[other].children { drawUnexpected(child, isAllowed: isAllowed, depth: depth + 1) }
    }

    // MARK: Links

    /// Shows what differs between expected and recorded links, and returns it in words.
    private mutating func compareLinks(
        of node: Int, with other: Int, _ expectation: SpanExpectation, _ span: SpanData, depth: Int
    ) -> [String] {
        var wanted = expected.nodes[node]
        // A link to what may be missing, and is, isn't asked for.
        wanted.links.removeAll { link in
            guard case .node(let target) = link.target else { return false }
            return partners[target] == nil && expected.nodes[target].mayBeAbsent
        }
        let (missing, unused) = unmatchedLinks(wanted, recorded.nodes[other])
        let words = SpanText(span, labels: labels, conventions: recorded.forest.conventions)
        var details = missing.map { "link \(text($0)): missing" }
        for link in missing { add(.missing, depth, text(link)) }
        for index in unused {
            let text = words.link(span.links[index])
            if !expectation.otherLinksAllowed { details.append("link \(text): not expected") }
            // Where links are asked for, the others help to see what went wrong.
            if !expectation.otherLinksAllowed || !missing.isEmpty {
                add(expectation.otherLinksAllowed ? .same : .unexpected, depth, text)
            }
        }
        return details
    }

    private func unmatchedLinks(
        _ wanted: ExpectedTree.Node, _ found: RecordedTree.Node
    ) -> (missing: [ExpectedTree.Link], unused: [Int]) {
        var unused = Array(found.links.indices)
        let candidates = wanted.links.map { link in
            LinkAssignment.candidates(for: link, on: found) { partners[$0] == $1 }
        }
        if let assignment = distinctAssignment(candidates) {
            return ([], unused.filter { !assignment.contains($0) })
        }
        var missing: [ExpectedTree.Link] = []
        // Those with a type first: they are harder to please.
        let order =
            wanted.links.indices.filter { wanted.links[$0].type != nil }
            + wanted.links.indices.filter { wanted.links[$0].type == nil }
        for index in order {
            if let match = candidates[index].first(where: unused.contains) {
                unused.removeAll { $0 == match }
            } else {
                missing.append(wanted.links[index])
            }
        }
        return (missing, unused)
    }

    // MARK: Words

    private mutating func add(_ mark: DifferenceLine.Mark, _ depth: Int, _ text: String) {
        lines.append(DifferenceLine(mark: mark, depth: depth, text: text))
    }

    private mutating func find(_ path: [String], _ details: [String]) {
        if firstFinding == nil, !details.isEmpty { firstFinding = Finding(path: path, details: details) }
    }

    private func property(_ key: String, _ value: String) -> String {
        key == "event" ? SpanText.event(value) : "\(key) = \(value)"
    }

    private func reference(_ expectation: SpanExpectation) -> String {
        expectation.reference.map { " «\($0)»" } ?? ""
    }

    private func heading(_ expectation: SpanExpectation) -> String {
        var text = expectation.name
        if let kind = expectation.kind { text += " [\(SpanText.kind(kind))]" }
        if let status = expectation.status, status != .unset { text += " " + status.description }
        if let occurrence = repetition(expectation) { text += " (\(occurrence) times)" }
        return text + reference(expectation)
    }

    private func repetition(_ expectation: SpanExpectation) -> String? {
        expectation.occurrence.maximum > 1 ? expectation.occurrence.description : nil
    }

    private func recordedHeading(_ other: Int, depth: Int) -> String {
        guard let span = recorded.nodes[other].span else {
            return "trace \(labels.trace(recorded.forest.traces[recorded.nodes[other].position].id))"
        }
        return SpanText(span, labels: labels, conventions: recorded.forest.conventions).heading(isRoot: depth == 1)
    }

    private func text(_ link: ExpectedTree.Link) -> String {
        let type = link.type ?? "(any type)"
        switch link.target {
        case .known(let context): return "→ \(type) \(labels.reference(context))"
        case .node(let node):
            let label = partners[node].flatMap { recorded.nodes[$0].span }.map { labels.reference($0.context) }
            return "→ \(type) «\(expected.nodes[node].span?.reference ?? "")» \(label ?? "(missing)")"
        }
    }

    private func expectedNames(below node: Int) -> String {
        expected.nodes[node].children.compactMap { expected.nodes[$0].span?.name }.joined(separator: ", ")
    }

    private func recordedNames(below other: Int) -> String {
        recorded.nodes[other].children.compactMap { recorded.nodes[$0].span?.name }.joined(separator: ", ")
    }

    /// What else was recorded that may be the span that is missing.
    private func nearest(to expectation: SpanExpectation) -> [String] {
        if let open = recorded.forest.openSpans.first(where: { $0.name == expectation.name }) {
            return ["\(open.name) is still open (\(labels[open.context])): it has begun and not ended"]
        }
        let unused = recorded.nodes.indices.filter { recorded.nodes[$0].span != nil && !isPartner.contains($0) }
        let ranked = unused.map { (index: $0, differences: expectation.differences(from: recorded.nodes[$0])) }
        // A span of that name elsewhere says more than one in its place that has another name.
        guard
            let best = ranked.min(by: { left, right in
                let leftRenamed = left.differences.contains { $0.property == "name" }
                let rightRenamed = right.differences.contains { $0.property == "name" }
                if leftRenamed != rightRenamed { return rightRenamed }
                return left.differences.count < right.differences.count
            })
        else { return [] }
        var text = "the nearest that was recorded is \(recordedHeading(best.index, depth: 2))"
        if let parent = recorded.nodes[best.index].parent { text += ", under \(recordedHeading(parent, depth: 2))" }
        return [text]
            + best.differences.map {
                "    \($0.property): expected \($0.expected ?? "nothing"), found \($0.found ?? "none")"
            }
    }
}
