/// Whether a span has the links that are expected, a recorded one for each.
enum LinkAssignment {
    /// Finds a recorded link for each expected one.
    ///
    /// - Parameters:
    ///   - expectation: Whose links are expected.
    ///   - node: The span that has links.
    ///   - acceptsNode: Whether a name may mean a recorded span.
    /// - Returns: Whether each finds one of its own.
    static func exists(
        for expectation: SpanExpectation, on node: RecordedTree.Node, acceptsNode: (String, Int) -> Bool
    ) -> Bool {
        if expectation.links.isEmpty { return true }
        return distinctAssignment(
            expectation.links.map { candidates(for: $0, on: node, acceptsNode: acceptsNode) }) != nil
    }

    /// The recorded links, by position, that an expected one may be.
    static func candidates(
        for expected: SpanExpectation.Link, on node: RecordedTree.Node, acceptsNode: (String, Int) -> Bool
    ) -> [Int] {
        node.links.indices.filter { index in
            let link = node.links[index]
            guard expected.type == nil || expected.type == link.type else { return false }
            switch expected.target {
            case .known(let context): return link.target == SpanIdentity(context)
            case .expected(let reference): return link.node.map { acceptsNode(reference, $0) } ?? false
            }
        }
    }
}
