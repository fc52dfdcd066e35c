public import QueuertOTel

/// Keeps the log records of a test, in memory.
///
/// A recorder is a log record processor: give it to a `QueueInstrumentation` as `events`, or to a `TelemetryLogHandler`. Any
/// thread may call it at any time.
public final class LogRecorder: LogRecordProcessor {
    private let state = ObservedState<[LogRecordData]>([])
    private let deadlineClock: any Clock<Duration>

    /// Makes a recorder.
    ///
    /// - Parameter deadlineClock: Tells how long to wait for an expectation.
    public init(deadlineClock: any Clock<Duration> = ContinuousClock()) { self.deadlineClock = deadlineClock }

    /// The records, in the order in which they were made.
    public var records: [LogRecordData] { state.value }

    /// The records of an event, in the order in which they were made.
    ///
    /// - Parameter name: The event's name.
    /// - Returns: The records.
    public func records(ofEvent name: String) -> [LogRecordData] { records.filter { $0.eventName == name } }

    /// Keeps a record.
    ///
    /// - Parameter record: The record.
    public func logged(_ record: LogRecordData) { state.change { $0.append(record) } }

    /// Forgets all records.
    public func removeAll() { state.change { $0.removeAll() } }

    /// Waits until the records are as expected: those that are named, in this order.
    ///
    /// They are compared now and after each record, with no polling. That the queue's events are registered is checked, too.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most. It is a safety net against tests that hang, so be generous.
    ///   - othersAllowed: Whether there may be other records.
    ///   - anyOrder: Whether they may come in any order.
    ///   - excluded: What must hold for all telemetry and isn't checked.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is, for who reports a failure.
    ///   - line: Where the expectation is, for both.
    ///   - expectation: The records that are expected.
    /// - Returns: The records, in the order of the expectation.
    /// - Throws: ``TraceMismatch`` if the records are not as expected when the time is up, ``InvalidTraceExpectation``, or
    ///   `CancellationError`.
    @discardableResult public func expect(
        within duration: Duration = .seconds(60), othersAllowed: Bool = false, anyOrder: Bool = false,
        without excluded: Set<TraceInvariant> = [], file: StaticString = #fileID, path: StaticString = #filePath,
        line: UInt = #line, @ExpectationBuilder<LogRecordExpectation> _ expectation: () -> [LogRecordExpectation]
    ) async throws -> [LogRecordData] {
        let expected = expectation()
        for record in expected { try record.attributes.refuseComparisons(of: "the log record \(record.words.heading)") }
        let rule = ChildrenRule(anyOrder: anyOrder, othersAllowed: othersAllowed)
        let match = try await state.wait(within: duration, by: deadlineClock) { records in
            Self.violations(in: records, excluded).isEmpty ? Self.match(expected, records, rule) : nil
        }
        if let match { return match }
        // Once more, for what came while the time ran out, and for the text.
        let records = records
        let violations = Self.violations(in: records, excluded)
        let place = SourcePlace(file, path, line)
        let summary = "(\(file):\(line); after \(duration): \(records.count) records)"
        guard let match = Self.match(expected, records, rule) else {
            let lines = ListComparison(expected, records, rule).lines().shortened()
            throw TraceMismatch(
                code: .differs, summary: "The log records are not as expected \(summary).",
                details: "All differences (- expected, + recorded):\n" + lines.joined(separator: "\n"), hint: "", place)
        }
        guard violations.isEmpty else {
            throw TraceMismatch(
                code: .invariantsBroken, summary: "What must hold for all log records doesn't \(summary).",
                details: "Broken:\n"
                    + violations.map { "  \($0) [\(TraceInvariant.registeredNames)]" }.joined(separator: "\n"),
                hint: "Mend what makes these records, or leave out by the name in brackets what is tested here.", place)
        }
        return match
    }

    private static func match(
        _ expected: [LogRecordExpectation], _ records: [LogRecordData], _ rule: ChildrenRule
    ) -> [LogRecordData]? {
        ListComparison(expected, records, rule).match?.map { records[$0] }
    }

    private static func violations(in records: [LogRecordData], _ excluded: Set<TraceInvariant>) -> [String] {
        excluded.contains(.registeredNames) ? [] : records.flatMap { TelemetryRegistry.queuert.violations(in: $0) }
    }
}
