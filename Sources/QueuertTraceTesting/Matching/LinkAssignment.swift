/// Whether a span has the links that are expected, a recorded one for each.
enum LinkAssignment {
    /// Finds a recorded link for each expected one.
    ///
    /// - Parameters:
    ///   - wanted: The span whose links are expected.
    ///   - found: The span that has links.
    ///   - accepts: Whether an expected node may be a recorded one.
    /// - Returns: Whether each finds one of its own.
    static func exists(
        for wanted: ExpectedTree.Node, on found: RecordedTree.Node, accepts: (Int, Int) -> Bool
    ) -> Bool {
        hasDistinctAssignment(wanted.links.map { candidates(for: $0, on: found, accepts: accepts) })
    }

    /// The recorded links, by position, that an expected one may be.
    static func candidates(
        for wanted: ExpectedTree.Link, on found: RecordedTree.Node, accepts: (Int, Int) -> Bool
    ) -> [Int] {
        found.links.indices.filter { index in
            let link = found.links[index]
            guard wanted.type == nil || wanted.type == link.type else { return false }
            switch wanted.target {
            case .known(let context): return link.target == SpanIdentity(context)
            case .node(let node): return link.node.map { accepts(node, $0) } ?? false
            }
        }
    }
}
