public import QueuertOTel

/// What a collection of metrics came to.
///
/// ```swift
/// try await MetricSnapshot(of: meters).expect {
///     metric("queuert.job.completed") { point(["queuert.job.type": "order"]).value(3) }
/// }
/// ```
public struct MetricSnapshot: Sendable {
    /// The metrics that have points.
    public let metrics: [MetricData]

    /// Takes metrics that were collected.
    ///
    /// - Parameter metrics: The metrics.
    public init(_ metrics: [MetricData]) { self.metrics = metrics }

    /// Collects what was measured.
    ///
    /// - Parameter meters: What measures. With delta temporality, the next collection starts anew.
    public init(of meters: MeterProvider) async { metrics = await meters.collect() }

    /// The metric of a name.
    ///
    /// - Parameter name: The metric's name.
    /// - Returns: The metric; `nil` if nothing was measured.
    public func metric(named name: String) -> MetricData? { metrics.first { $0.descriptor.name == name } }

    /// Compares the metrics with an expectation.
    ///
    /// Other metrics may be there. What must hold for all telemetry is checked, too: names are registered, and no attribute is
    /// one there is no end of.
    ///
    /// - Parameters:
    ///   - excluded: What must hold for all telemetry and isn't checked.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is, for who reports a failure.
    ///   - line: Where the expectation is, for both.
    ///   - expectation: The metrics that are expected.
    /// - Throws: ``TraceMismatch`` if they are not as expected, or ``InvalidTraceExpectation``.
    public func expect(
        without excluded: Set<TraceInvariant> = [], file: StaticString = #fileID, path: StaticString = #filePath,
        line: UInt = #line, @ExpectationBuilder<MetricExpectation> _ expectation: () -> [MetricExpectation]
    ) throws {
        let place = SourcePlace(file, path, line)
        let expected = expectation()
        try expected.refuseComparisons()
        if let mismatch = mismatch(expected, without: excluded, waited: nil, place) { throw mismatch }
    }

    func mismatch(
        _ expectations: [MetricExpectation], without excluded: Set<TraceInvariant>, waited: String?,
        _ place: SourcePlace
    ) -> TraceMismatch? {
        let lines = expectations.flatMap(difference)
        let waiting = waited.map { "after \($0): " } ?? ""
        let count = "\(metrics.count) \(metrics.count == 1 ? "metric" : "metrics")"
        let circumstances = "(\(place.file):\(place.line); \(waiting)\(count))"
        if lines.contains(where: { $0.mark != .same }) {
            return TraceMismatch(
                code: .differs, summary: "The metrics are not as expected \(circumstances).",
                details: "All differences (- expected, + measured):\n" + lines.shortened().joined(separator: "\n"),
                hint: metrics.isEmpty ? "Nothing was measured at all: are these the meters that the code uses?" : "",
                place)
        }
        let violations = MetricInvariants.violations(in: metrics).filter { !excluded.contains($0.invariant) }
        guard !violations.isEmpty else { return nil }
        return TraceMismatch(
            code: .invariantsBroken, summary: "What must hold for all metrics doesn't \(circumstances).",
            details: "Broken:\n" + violations.map { "  \($0.sentence) [\($0.invariant)]" }.joined(separator: "\n"),
            hint: "Mend what measures, or leave out by the name in brackets what is tested here.", place)
    }

    // MARK: Differences

    private func difference(_ expected: MetricExpectation) -> [DifferenceLine] {
        func line(_ mark: DifferenceLine.Mark, _ depth: Int, _ text: String) -> DifferenceLine {
            DifferenceLine(mark: mark, depth: depth, text: text)
        }
        guard let metric = metric(named: expected.name) else {
            if expected.isAbsent { return [] }
            let points = (expected.points ?? []).map { line(.missing, 1, $0.words.heading) }
            return [line(.missing, 0, "metric \(expected.name)")] + points
        }
        let points = MetricPoint.points(of: metric)
        guard !expected.isAbsent else {
            return [line(.unexpected, 0, "metric \(expected.name)")] + points.map { line(.unexpected, 1, $0.heading) }
        }
        var lines = [line(.same, 0, "metric \(expected.name)")]
        func compare(_ property: String, _ wanted: String?, _ found: String) {
            guard let wanted, wanted != found else { return }
            lines += [line(.missing, 2, "\(property) = \(wanted)"), line(.unexpected, 2, "\(property) = \(found)")]
        }
        compare("kind", expected.kind?.rawValue, metric.kind.rawValue)
        compare("unit", expected.unit, metric.descriptor.unit)
        let total = points.reduce(0) { $0 + $1.total }
        if let matcher = expected.total, !matcher.matches(total) {
            compare("total", matcher.description, NumberMatcher.text(total))
        }
        guard let wanted = expected.points else { return lines }
        let comparison = ListComparison(
            wanted, points, ChildrenRule(anyOrder: true, othersAllowed: expected.otherPointsAllowed))
        if comparison.match == nil { lines += comparison.lines(depth: 1) }
        return lines
    }
}

extension [MetricExpectation] {
    /// Refuses values of points that are compared with each other.
    fileprivate func refuseComparisons() throws(InvalidTraceExpectation) {
        for metric in self {
            for point in metric.points ?? [] { try point.attributes.refuseComparisons(of: "a point of \(metric.name)") }
        }
    }
}

extension MetricData {
    /// What kind of metric it is.
    var kind: MetricDefinition.Kind {
        switch content {
        case .gauge: .gauge
        case .sum(_, _, let isMonotonic): isMonotonic ? .counter : .upDownCounter
        case .histogram, .exponentialHistogram: .histogram
        }
    }
}

extension MeterProvider {
    /// Waits until the metrics are as expected.
    ///
    /// Measurements don't tell of changes, so they are collected again and again: use it with cumulative temporality only.
    ///
    /// - Parameters:
    ///   - duration: How long to wait at most.
    ///   - interval: How long to wait between two collections.
    ///   - clock: Tells how long that is.
    ///   - excluded: What must hold for all telemetry and isn't checked.
    ///   - file: Where the expectation is, for the text of a failure.
    ///   - path: Where the expectation is, for who reports a failure.
    ///   - line: Where the expectation is, for both.
    ///   - expectation: The metrics that are expected.
    /// - Throws: ``TraceMismatch`` if they are not as expected when the time is up, ``InvalidTraceExpectation``, or
    ///   `CancellationError`.
    public func expect(
        within duration: Duration = .seconds(60), every interval: Duration = .milliseconds(10),
        clock: any Clock<Duration> = ContinuousClock(), without excluded: Set<TraceInvariant> = [],
        file: StaticString = #fileID, path: StaticString = #filePath, line: UInt = #line,
        @ExpectationBuilder<MetricExpectation> _ expectation: () -> [MetricExpectation]
    ) async throws {
        let place = SourcePlace(file, path, line)
        let expected = expectation()
        try expected.refuseComparisons()
        let holds = try await withDeadline(duration, by: clock) {
            while await MetricSnapshot(of: self).mismatch(expected, without: excluded, waited: nil, place) != nil {
                try await clock.sleep(for: interval)
            }
            return true
        }
        guard holds == nil else { return }
        let last = await MetricSnapshot(of: self)
        if let mismatch = last.mismatch(expected, without: excluded, waited: "\(duration)", place) { throw mismatch }
    }
}
