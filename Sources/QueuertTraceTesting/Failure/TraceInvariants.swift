import QueuertOTel

/// What must hold for all traces.
enum TraceInvariants {
    /// Finds out what doesn't hold.
    ///
    /// - Parameter forest: The traces.
    /// - Returns: A sentence for each violation.
    static func violations(in forest: TraceForest) -> [String] {
        let labels = SpanLabels(forest)
        var known = Set(forest.openSpans.map { SpanIdentity($0.context) })
        known.formUnion(forest.spans.map { SpanIdentity($0.context) })
        var seen: Set<SpanIdentity> = []
        return forest.spans.flatMap { span -> [String] in
            let text = SpanText(span, labels: labels, conventions: forest.conventions)
            var result: [String] = []
            if !seen.insert(SpanIdentity(span.context)).inserted {
                result.append("has the identifier of another span (\(span.context.spanID))")
            }
            if !span.context.traceID.isValid || !span.context.spanID.isValid {
                result.append("has an identifier that is all zero")
            }
            if span.end < span.start {
                result.append("ends \(span.start - span.end) ns before it starts")
            }
            if let parent = span.parent {
                if parent.traceID != span.context.traceID {
                    result.append("has a parent in another trace (\(labels.reference(parent)))")
                } else if !parent.isRemote, !known.contains(SpanIdentity(parent)) {
                    result.append("has a parent of this process that was never recorded (\(parent.spanID))")
                }
            }
            if span.status == .ok {
                result.append("has the status ok, which is for applications to set")
            }
            for link in span.links {
                if !link.context.traceID.isValid || !link.context.spanID.isValid {
                    result.append("has a link to an identifier that is all zero (\(text.link(link)))")
                }
                if span.scope.name == forest.conventions.scopeName, forest.conventions.type(of: link) == nil {
                    result.append(
                        "has a link without \(forest.conventions.linkTypeKey) (\(text.link(link)))")
                }
            }
            return result.map { "\(labels[span.context]) \(span.name) \($0)" }
        }
    }
}
