/// The links of both trees with numbers in place of types and spans: the matcher looks at them very often.
struct LinkTable {
    struct Found {
        /// The number of the type; `nil` if the link has none.
        let type: Int?
        /// A recorded node, or a negative number for a span that wasn't recorded.
        let target: Int
    }

    struct Wanted {
        /// Whether a link's type will do.
        let anyType: Bool
        let type: Int?
        /// An expected node, or for `isKnown` what ``Found/target`` must be.
        let target: Int
        let isKnown: Bool
    }

    /// By recorded node.
    let found: [[Found]]
    /// By expected node.
    let wanted: [[Wanted]]

    init(_ expected: ExpectedTree, _ recorded: RecordedTree) {
        var types: [String: Int] = [:]
        var strangers: [SpanIdentity: Int] = [:]
        func number(_ type: String) -> Int {
            if let known = types[type] { return known }
            types[type] = types.count
            return types.count - 1
        }
        func number(_ target: SpanIdentity) -> Int {
            if let known = recorded.positions[target] ?? strangers[target] { return known }
            strangers[target] = -1 - strangers.count
            return -strangers.count
        }
        found = recorded.nodes.map { node in
            node.links.map { Found(type: $0.type.map(number), target: number($0.target)) }
        }
        wanted = expected.nodes.map { node in
            node.links.map { link in
                switch link.target {
                case .node(let target):
                    Wanted(anyType: link.type == nil, type: link.type.map(number), target: target, isKnown: false)
                case .known(let context):
                    Wanted(
                        anyType: link.type == nil, type: link.type.map(number),
                        target: number(SpanIdentity(context)), isKnown: true)
                }
            }
        }
    }

    /// Whether a recorded node has the links that an expected one should have, a link for each.
    ///
    /// A link to what is missing isn't asked for.
    ///
    /// - Parameters:
    ///   - node: The expected node.
    ///   - candidate: The recorded node.
    ///   - othersAllowed: Whether it may have other links as well.
    ///   - mayBeAbsent: Whether an expected node may be missing.
    ///   - domains: What each expected node may be; `nil` if that is anything.
    /// - Returns: Whether it has.
    func suits(
        _ node: Int, _ candidate: Int, othersAllowed: Bool, mayBeAbsent: (Int) -> Bool, _ domains: [BitSet]?
    ) -> Bool {
        let links = found[candidate]
        let all = wanted[node]
        if all.count == 1, othersAllowed, all[0].isKnown || !mayBeAbsent(all[0].target) {
            return links.contains { fits(all[0], $0, domains) }
        }
        let needed = all.filter { $0.isKnown || !mayBeAbsent($0.target) }
        guard hasDistinctAssignment(needed.map { link in links.indices.filter { fits(link, links[$0], domains) } })
        else { return false }
        if othersAllowed { return true }
        if needed.count == all.count { return links.count == all.count }
        return hasDistinctAssignment(links.map { link in all.indices.filter { fits(all[$0], link, domains) } })
    }

    private func fits(_ wanted: Wanted, _ link: Found, _ domains: [BitSet]?) -> Bool {
        guard wanted.anyType || wanted.type == link.type else { return false }
        if wanted.isKnown { return wanted.target == link.target }
        return link.target >= 0 && (domains?[wanted.target].contains(link.target) ?? true)
    }
}
