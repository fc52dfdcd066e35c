import QueuertOTel

/// Writes what is thrown when traces are not as expected.
struct FailureReport {
    private let recorded: RecordedTree
    private let waited: String?
    private let place: SourcePlace

    init(_ recorded: RecordedTree, waited: String?, _ place: SourcePlace) {
        self.recorded = recorded
        self.waited = waited
        self.place = place
    }

    func differs(from expected: ExpectedTree) -> TraceMismatch {
        let difference = TraceDifference(expected, recorded)
        var parts: [String] = []
        if let finding = difference.firstFinding {
            let place = finding.path.isEmpty ? "" : " in " + finding.path.joined(separator: " › ")
            parts.append(
                "First difference\(place):\n" + finding.details.map { "  " + $0 }.joined(separator: "\n"))
        }
        if !difference.lines.isEmpty {
            parts.append(
                "All differences (- expected, + recorded):\n" + difference.lines.shortened().joined(separator: "\n"))
        }
        return mismatch(.differs, "The traces are not as expected", parts + notes, hint)
    }

    func spansOpen() -> TraceMismatch {
        mismatch(
            .spansOpen, "The traces are as expected, but spans are still open", notes,
            "End these spans, or leave out noOpenSpans() if they may stay open.")
    }

    func neverQuiet() -> TraceMismatch {
        mismatch(.spansOpen, "Spans are still open", notes, "End these spans, or wait for longer.")
    }

    func invariantsBroken(_ violations: [TraceInvariants.Violation]) -> TraceMismatch {
        let drawing = recorded.forest.rendered()
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { DifferenceLine(mark: .same, depth: 0, text: String($0)).description }
        return mismatch(
            .invariantsBroken, "What must hold for all traces doesn't",
            ["Broken:\n" + violations.map { "  " + $0.description }.joined(separator: "\n")]
                + ["Recorded:\n" + drawing.joined(separator: "\n")] + notes,
            """
            Mend what makes these spans. Where they are what is tested, say without(…) with the name in brackets, or \
            withoutInvariants().
            """)
    }

    func golden(_ lines: [DifferenceLine], file: String) -> TraceMismatch {
        mismatch(
            .differs, "The traces are not those of \(file)",
            ["All differences (- the file, + recorded):\n" + lines.shortened().joined(separator: "\n")] + notes,
            "If they are as they should be now, run the test with \(GoldenFile.updateVariable)=1, which rewrites the file."
        )
    }

    func goldenMissing(file: String) -> TraceMismatch {
        mismatch(
            .goldenMissing, "There is no file \(file), and on CI none is written",
            ["Recorded:\n" + recorded.forest.rendered(.golden)] + notes,
            "Run the test outside of CI, which writes the file, look at it, and commit it.")
    }

    func nothingToCompare(file: String) -> TraceMismatch {
        mismatch(.differs, "No span has ended that could be compared with \(file)", notes, hint)
    }

    private func mismatch(
        _ code: TraceMismatch.Code, _ sentence: String, _ details: [String], _ hint: String
    ) -> TraceMismatch {
        let written = FailureFile.write(recorded.forest, place)
        var details = details
        if case .failed(let reason) = written { details.append("The spans could not be written to a file: \(reason)") }
        var mismatch = TraceMismatch(
            code: code, summary: summary(sentence), details: details.joined(separator: "\n\n"), hint: hint, place)
        if case .written(let path) = written { mismatch.tracesFile = path }
        return mismatch
    }

    private func summary(_ sentence: String) -> String {
        let count = recorded.forest.spans.count
        var counts = "\(count) \(count == 1 ? "span" : "spans") ended, \(recorded.forest.openSpans.count) open"
        if let waited { counts = "after \(waited): " + counts }
        return "\(sentence) (\(place.file):\(place.line); \(counts))."
    }

    private var notes: [String] {
        let forest = recorded.forest
        let labels = SpanLabels(forest)
        var notes: [String] = []
        if !forest.openSpans.isEmpty {
            let lines = forest.openSpans.map {
                "  \(labels[$0.context]) \($0.name) in trace \(labels.trace($0.context.traceID))"
            }
            notes.append("Open spans, which have begun and not ended:\n" + lines.joined(separator: "\n"))
        }
        let detached = forest.traces.flatMap(\.roots).map(\.span)
            .filter { forest.detached.contains(SpanIdentity($0.context)) }
        if !detached.isEmpty {
            let lines = detached.map { "  \(labels[$0.context]) \($0.name)" }
            notes.append(
                "Begun outside of the recording's tasks, as in a detached task, which inherits neither the tracer nor the "
                    + "current span:\n" + lines.joined(separator: "\n"))
        }
        return notes
    }

    private var hint: String {
        if recorded.forest.spans.isEmpty, recorded.forest.openSpans.isEmpty {
            return """
                Nothing was recorded at all: is the recorder's tracer the one that the code under test uses? A detached task \
                doesn't inherit it.
                """
        }
        return ""
    }
}
