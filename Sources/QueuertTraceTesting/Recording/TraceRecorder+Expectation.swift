extension TraceRecorder {
    /// Waits until the recorded traces are as expected.
    ///
    /// The traces are compared now and after each change, with no polling. Spans that are still open are no part of the
    /// traces; see ``noOpenSpans()``. Traces that are as expected now may grow later: an expectation that holds doesn't wait
    /// for spans that would break it. What must hold for all traces is checked, too, unless ``withoutInvariants()`` is among
    /// the components.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most. It is a safety net against tests that hang, so be generous.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - line: Where the expectation is, for the text of a failure.
    ///   - expectation: The traces that are expected.
    /// - Returns: Which spans the named ones are.
    /// - Throws: ``TraceMismatch`` if the traces are not as expected when the time is up, ``InvalidTraceExpectation``, or
    ///   `CancellationError`.
    @discardableResult public func expect(
        within duration: Duration = .seconds(60), file: StaticString = #fileID, line: UInt = #line,
        @ForestExpectationBuilder _ expectation: () -> ForestExpectation
    ) async throws -> TraceMatch {
        let expected = try ExpectedTree(expectation())
        let clock = deadlineClock
        let match = try await withThrowingTaskGroup(of: TraceMatch?.self) { group in
            group.addTask { try await self.firstMatch(of: expected) }
            group.addTask {
                try await clock.sleep(for: duration)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        if let match { return match }
        try Task.checkCancellation()
        // Once more, for what changed while the time ran out, and for the text.
        return try ForestEvaluation(expected, forest).get(waited: "\(duration)", file: file, line: line)
    }

    private func firstMatch(of expected: ExpectedTree) async throws -> TraceMatch {
        while true {
            let (forest, version) = snapshot()
            if let match = ForestEvaluation(expected, forest).match { return match }
            try await change(after: version)
        }
    }

    /// Checks what must hold for all traces, now.
    ///
    /// - Parameters:
    ///   - file: Where the check is, for the text of a failure.
    ///   - line: Where the check is, for the text of a failure.
    /// - Throws: ``TraceMismatch`` if something doesn't hold.
    public func checkInvariants(file: StaticString = #fileID, line: UInt = #line) throws {
        try forest.checkInvariants(file: file, line: line)
    }
}
