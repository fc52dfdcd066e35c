extension TraceRecorder {
    /// Waits until the recorded traces are as expected.
    ///
    /// The traces are compared now and after each change, with no polling. Spans that are still open are no part of the
    /// traces; see ``noOpenSpans()``. Traces that are as expected now may grow later: an expectation that holds doesn't wait
    /// for spans that would break it. What must hold for all traces is checked, too, unless ``without(_:)`` or
    /// ``withoutInvariants()`` is among the components.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most. It is a safety net against tests that hang, so be generous.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is, for who reports a failure.
    ///   - line: Where the expectation is, for both.
    ///   - expectation: The traces that are expected.
    /// - Returns: Which spans the named ones are.
    /// - Throws: ``TraceMismatch`` if the traces are not as expected when the time is up, ``InvalidTraceExpectation``, or
    ///   `CancellationError`.
    @discardableResult public func expect(
        within duration: Duration = .seconds(60), file: StaticString = #fileID, path: StaticString = #filePath,
        line: UInt = #line, @ForestExpectationBuilder _ expectation: () -> ForestExpectation
    ) async throws -> TraceMatch {
        let template = try ExpectationTemplate(expectation())
        let outcome = try await wait(within: duration) { forest -> Outcome? in
            let evaluation = ForestEvaluation(template, forest)
            return evaluation.match.map(Outcome.match) ?? (evaluation.isFinal ? .hopeless : nil)
        }
        if case .match(let match) = outcome { return match }
        // Once more, for what changed while the time ran out, and for the text.
        let waited = outcome == nil ? "\(duration)" : nil
        return try ForestEvaluation(template, forest).get(waited: waited, SourcePlace(file, path, line))
    }

    /// What a wait for an expectation came to.
    private enum Outcome: Sendable {
        case match(TraceMatch)
        /// Something is wrong that no later span puts right.
        case hopeless
    }

    /// Waits until no span is open.
    ///
    /// What has not begun can't be waited for: a job that nobody has claimed yet has no open span.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most.
    ///   - file: Where the call is, for the text of a failure.
    ///   - path: Where the call is, for who reports a failure.
    ///   - line: Where the call is, for both.
    /// - Returns: The traces then.
    /// - Throws: ``TraceMismatch`` if spans are open when the time is up, or `CancellationError`.
    @discardableResult public func quiescence(
        within duration: Duration = .seconds(60), file: StaticString = #fileID, path: StaticString = #filePath,
        line: UInt = #line
    ) async throws -> TraceForest {
        if let forest = try await wait(within: duration, for: { $0.openSpans.isEmpty ? $0 : nil }) { return forest }
        let forest = forest
        guard !forest.openSpans.isEmpty else { return forest }
        throw FailureReport(RecordedTree(forest), waited: "\(duration)", SourcePlace(file, path, line)).neverQuiet()
    }

    /// Checks what must hold for all traces, now: each ``TraceInvariant``.
    ///
    /// - Parameters:
    ///   - excluded: What isn't checked.
    ///   - file: Where the check is, for the text of a failure.
    ///   - path: Where the check is, for who reports a failure.
    ///   - line: Where the check is, for both.
    /// - Throws: ``TraceMismatch`` if something doesn't hold.
    public func checkInvariants(
        without excluded: Set<TraceInvariant> = [], file: StaticString = #fileID, path: StaticString = #filePath,
        line: UInt = #line
    ) throws {
        try forest.checkInvariants(without: excluded, file: file, path: path, line: line)
    }
}
