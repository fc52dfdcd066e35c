import QueuertOTel

/// Finds out what doesn't hold of what must hold for all traces.
struct TraceInvariants {
    private let forest: TraceForest
    private let invariants: Set<TraceInvariant>
    private let labels: SpanLabels
    private let known: Set<SpanIdentity>

    /// Finds out what doesn't hold.
    ///
    /// - Parameters:
    ///   - forest: The traces.
    ///   - invariants: What must hold.
    /// - Returns: What doesn't hold.
    static func violations(
        in forest: TraceForest, of invariants: Set<TraceInvariant> = Set(TraceInvariant.allCases)
    ) -> [Violation] {
        guard !invariants.isEmpty else { return [] }
        let all = TraceInvariants(forest, invariants)
        let found = all.ofSpans() + AttemptInvariants.violations(in: forest, all.labels) + all.ofNames()
        return found.filter { invariants.contains($0.invariant) }
    }

    /// Something that doesn't hold.
    struct Violation: Equatable {
        let invariant: TraceInvariant
        let sentence: String

        init(_ invariant: TraceInvariant, _ sentence: String) {
            self.invariant = invariant
            self.sentence = sentence
        }

        /// The sentence, with the name of what is violated.
        var description: String { "\(sentence) [\(invariant)]" }

        /// Whether a span that ends later may put it right.
        var mayPass: Bool { invariant == .parentsKnown || invariant == .contiguousAttempts }
    }

    private init(_ forest: TraceForest, _ invariants: Set<TraceInvariant>) {
        self.forest = forest
        self.invariants = invariants
        labels = SpanLabels(forest)
        known = Set(forest.openSpans.map { SpanIdentity($0.context) } + forest.spans.map { SpanIdentity($0.context) })
    }

    private func ofSpans() -> [Violation] {
        var seen: Set<SpanIdentity> = []
        return forest.spans.flatMap { span -> [Violation] in
            var result: [(TraceInvariant, String)] = []
            if !seen.insert(SpanIdentity(span.context)).inserted {
                result.append((.uniqueIdentifiers, "has the identifier of another span (\(span.context.spanID))"))
            } else if forest.conflicting.contains(SpanIdentity(span.context)) {
                let other = "another span, which the collector has left out"
                result.append((.uniqueIdentifiers, "has the identifier of \(other) (\(span.context.spanID))"))
            }
            if !span.context.traceID.isValid || !span.context.spanID.isValid {
                result.append((.validIdentifiers, "has an identifier that is all zero"))
            }
            if span.end < span.start {
                result.append((.endsAfterStart, "ends \(span.start - span.end) ns before it starts"))
            }
            if let text = parentViolation(of: span) { result.append((.parentsKnown, text)) }
            if span.status == .ok {
                result.append((.noStatusOK, "has the status ok, which is for applications to set"))
            }
            result += linkViolations(of: span)
            return result.map { Violation($0, "\(labels[span.context]) \(span.name) \($1)") }
        }
    }

    private func parentViolation(of span: SpanData) -> String? {
        guard let parent = span.parent else { return nil }
        if parent.traceID != span.context.traceID {
            return "has a parent in another trace (\(labels.reference(parent)))"
        }
        guard !parent.isRemote, !known.contains(SpanIdentity(parent)) else { return nil }
        return "has a parent of this process that was never recorded (\(parent.spanID))"
    }

    private func linkViolations(of span: SpanData) -> [(TraceInvariant, String)] {
        let text = SpanText(span, labels: labels, conventions: forest.conventions)
        return span.links.flatMap { link -> [(TraceInvariant, String)] in
            var result: [(TraceInvariant, String)] = []
            if !link.context.traceID.isValid || !link.context.spanID.isValid {
                result.append((.validLinks, "has a link to an identifier that is all zero (\(text.link(link)))"))
            } else if SpanIdentity(link.context) == SpanIdentity(span.context) {
                result.append((.validLinks, "has a link to itself (\(text.link(link)))"))
            }
            if span.scope.name == forest.conventions.scopeName, forest.conventions.type(of: link) == nil {
                result.append((.linkTypes, "has a link without \(forest.conventions.linkTypeKey) (\(text.link(link)))"))
            }
            return result
        }
    }

    private func ofNames() -> [Violation] {
        guard invariants.contains(.registeredNames) else { return [] }
        return forest.spans.flatMap { span in
            TelemetryRegistry.queuert.violations(in: span).map {
                Violation(.registeredNames, "\(labels[span.context]) \(span.name): \($0)")
            }
        }
    }
}
