extension TraceForest {
    /// Compares the traces with an expectation.
    ///
    /// - Parameters:
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is, for who reports a failure.
    ///   - line: Where the expectation is, for both.
    ///   - expectation: The traces that are expected.
    /// - Returns: Which spans the named ones are.
    /// - Throws: ``TraceMismatch`` if the traces are not as expected, or ``InvalidTraceExpectation``.
    @discardableResult public func expect(
        file: StaticString = #fileID, path: StaticString = #filePath, line: UInt = #line,
        @ForestExpectationBuilder _ expectation: () -> ForestExpectation
    ) throws -> TraceMatch {
        try ForestEvaluation(ExpectationTemplate(expectation()), self).get(waited: nil, SourcePlace(file, path, line))
    }

    /// Checks what must hold for all traces: each ``TraceInvariant``.
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
        let violations = TraceInvariants.violations(in: self, of: Set(TraceInvariant.allCases).subtracting(excluded))
        guard !violations.isEmpty else { return }
        throw FailureReport(RecordedTree(self), waited: nil, SourcePlace(file, path, line)).invariantsBroken(violations)
    }
}
