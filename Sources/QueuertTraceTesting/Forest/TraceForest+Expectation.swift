extension TraceForest {
    /// Compares the traces with an expectation.
    ///
    /// - Parameters:
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - line: Where the expectation is, for the text of a failure.
    ///   - expectation: The traces that are expected.
    /// - Returns: Which spans the named ones are.
    /// - Throws: ``TraceMismatch`` if the traces are not as expected, or ``InvalidTraceExpectation``.
    @discardableResult public func expect(
        file: StaticString = #fileID, line: UInt = #line,
        @ForestExpectationBuilder _ expectation: () -> ForestExpectation
    ) throws -> TraceMatch {
        try ForestEvaluation(ExpectedTree(expectation()), self).get(waited: nil, file: file, line: line)
    }

    /// Checks what must hold for all traces.
    ///
    /// Identifiers are unique and valid, spans end no sooner than they start, parents were recorded or are remote, links are
    /// valid, the status is never ok, and the links of Queuert's own spans have types.
    ///
    /// - Parameters:
    ///   - file: Where the check is, for the text of a failure.
    ///   - line: Where the check is, for the text of a failure.
    /// - Throws: ``TraceMismatch`` if something doesn't hold.
    public func checkInvariants(file: StaticString = #fileID, line: UInt = #line) throws {
        let violations = TraceInvariants.violations(in: self)
        guard !violations.isEmpty else { return }
        throw FailureReport(RecordedTree(self), waited: nil, file: file, line: line).invariantsBroken(violations)
    }
}
