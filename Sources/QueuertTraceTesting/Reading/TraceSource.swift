/// Where spans are read from that other processes have made, to be compared as those of a recorder are.
///
/// A ``TraceFile`` and ``CollectedTraces`` are sources; others are made by conforming to this.
public protocol TraceSource: Sendable {
    /// Reads what is there now.
    ///
    /// - Returns: The spans, as trees.
    /// - Throws: ``TraceSourceError`` if nothing can be read.
    func read() async throws -> TraceForest
}

extension TraceSource {
    /// Waits until the traces are as expected.
    ///
    /// A source doesn't tell of changes, so it is read again and again. What isn't there yet is waited for.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most.
    ///   - interval: How long to wait between two readings.
    ///   - clock: Tells how long that is.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is, for who reports a failure.
    ///   - line: Where the expectation is, for both.
    ///   - expectation: The traces that are expected.
    /// - Returns: Which spans the named ones are.
    /// - Throws: ``TraceMismatch`` if the traces are not as expected when the time is up, ``InvalidTraceExpectation``,
    ///   ``TraceSourceError`` if the source can't be read, or `CancellationError`.
    @discardableResult public func expect(
        within duration: Duration = .seconds(60), every interval: Duration = .milliseconds(50),
        clock: any Clock<Duration> = ContinuousClock(), file: StaticString = #fileID,
        path: StaticString = #filePath, line: UInt = #line,
        @ForestExpectationBuilder _ expectation: () -> ForestExpectation
    ) async throws -> TraceMatch {
        let template = try ExpectationTemplate(expectation())
        let match = try await withDeadline(duration, by: clock) {
            while true {
                do {
                    if let match = ForestEvaluation(template, try await self.read()).match { return match }
                } catch let error as TraceSourceError where error.mayPass {
                    // It may be there next time.
                }
                try await clock.sleep(for: interval)
            }
        }
        if let match { return match }
        // Once more, for what came while the time ran out, and for the text.
        return try ForestEvaluation(template, await read()).get(
            waited: "\(duration)", SourcePlace(file, path, line))
    }
}
