public import QueuertOTel

extension TraceForest {
    /// The chains that spans tell of, in the order in which the spans were given.
    public var chainIDs: [String] {
        var seen: Set<String> = []
        return spans.lazy.compactMap { QueueSpan($0)?.chainID }.filter { seen.insert($0).inserted }
    }

    /// A chain, as its spans tell of it, in whatever traces they are.
    ///
    /// - Parameter id: The chain.
    /// - Returns: The chain; `nil` if no span is of it.
    public func chain(_ id: String) -> ChainTrace? { ChainTrace(id: id, of: spans) }

    /// The spans of a chain, and what its handlers did, as trees.
    ///
    /// What handlers started of other chains is left out.
    ///
    /// - Parameter id: The chain.
    /// - Returns: The trees, without any if no span is of the chain.
    public func tree(ofChain id: String) -> TraceForest {
        var included: Set<SpanIdentity> = []
        func include(_ node: TraceNode, isBelow: Bool) {
            let chain = QueueSpan(node.span)?.chainID
            let isOfChain = chain.map { $0 == id } ?? isBelow
            if isOfChain { included.insert(SpanIdentity(node.span.context)) }
            for child in node.children { include(child, isBelow: isOfChain) }
        }
        for trace in traces { for root in trace.roots { include(root, isBelow: false) } }
        return filtered { included.contains(SpanIdentity($0.context)) }
    }

    /// The first line of spans with these names, each directly below the one before.
    ///
    /// - Parameter names: The names, from above to below.
    /// - Returns: The spans; `nil` if there is no such line.
    public func path(_ names: String...) -> [SpanData]? {
        func line(from node: TraceNode, _ names: ArraySlice<String>) -> [SpanData]? {
            guard node.span.name == names.first else { return nil }
            if names.count == 1 { return [node.span] }
            return node.children.lazy.compactMap { line(from: $0, names.dropFirst()) }.first.map { [node.span] + $0 }
        }
        func find(_ nodes: [TraceNode]) -> [SpanData]? {
            nodes.lazy.compactMap { line(from: $0, names[...]) ?? find($0.children) }.first
        }
        return traces.lazy.compactMap { find($0.roots) }.first
    }
}

extension TraceRecorder {
    /// A chain, as the spans that have ended tell of it, in whatever traces they are.
    ///
    /// - Parameter id: The chain.
    /// - Returns: The chain; `nil` if no span is of it.
    public func chain(_ id: String) -> ChainTrace? { forest.chain(id) }

    /// The spans of a chain that have ended, and what its handlers did, as trees.
    ///
    /// - Parameter id: The chain.
    /// - Returns: The trees, without any if no span is of the chain.
    public func tree(ofChain id: String) -> TraceForest { forest.tree(ofChain: id) }
}
