import QueuertOTel

/// Compares an expectation with traces once.
struct ForestEvaluation {
    enum Verdict {
        case holds(TraceMatch)
        case differs
        case spansOpen
        case invariantsBroken([TraceInvariants.Violation])
        case gaveUp
    }

    private let expected: ExpectedTree
    private let recorded: RecordedTree
    let verdict: Verdict

    init(_ template: ExpectationTemplate, _ forest: TraceForest) {
        recorded = RecordedTree(forest)
        expected = ExpectedTree(template, for: recorded)
        verdict = Self.judge(expected, recorded)
    }

    private static func judge(_ expected: ExpectedTree, _ recorded: RecordedTree) -> Verdict {
        switch ForestMatcher.match(expected, recorded) {
        case .differs: return .differs
        case .gaveUp: return .gaveUp
        case .matched(let partners):
            if !expected.expectation.openSpansAllowed, !recorded.forest.openSpans.isEmpty { return .spansOpen }
            let violations = TraceInvariants.violations(in: recorded.forest, of: expected.expectation.invariants)
            if !violations.isEmpty { return .invariantsBroken(violations) }
            return .holds(TraceMatch(expected, recorded, partners))
        }
    }

    /// The match, if the expectation holds.
    var match: TraceMatch? {
        if case .holds(let match) = verdict { match } else { nil }
    }

    /// Whether there is nothing to wait for: spans that have ended don't change.
    var isFinal: Bool {
        if case .invariantsBroken(let violations) = verdict { violations.contains { !$0.mayPass } } else { false }
    }

    /// The match.
    ///
    /// - Parameters:
    ///   - waited: How long was waited for it, in words.
    ///   - place: Where the expectation is.
    /// - Returns: The match.
    /// - Throws: ``TraceMismatch`` if the expectation doesn't hold, or ``InvalidTraceExpectation`` if that can't be told.
    func get(waited: String?, _ place: SourcePlace) throws -> TraceMatch {
        let report = FailureReport(recorded, waited: waited, place)
        switch verdict {
        case .holds(let match): return match
        case .differs: throw report.differs(from: expected)
        case .spansOpen: throw report.spansOpen()
        case .invariantsBroken(let violations): throw report.invariantsBroken(violations)
        case .gaveUp:
            throw InvalidTraceExpectation(
                code: .ambiguous,
                message: "Too many spans look alike to find out which is which (\(place.file):\(place.line)).",
                hint: "Tell them apart, by an attribute such as a job's identifier.")
        }
    }
}
