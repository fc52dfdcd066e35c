import QueuertOTel

/// Writes what is thrown when traces are not as expected.
struct FailureReport {
    private let recorded: RecordedTree
    private let waited: String?
    private let place: String

    init(_ recorded: RecordedTree, waited: String?, file: StaticString, line: UInt) {
        self.recorded = recorded
        self.waited = waited
        place = "\(file):\(line)"
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
        return TraceMismatch(
            code: .differs, summary: summary("The traces are not as expected"),
            details: (parts + openSpans).joined(separator: "\n\n"), hint: hint)
    }

    func spansOpen() -> TraceMismatch {
        TraceMismatch(
            code: .spansOpen, summary: summary("The traces are as expected, but spans are still open"),
            details: openSpans.joined(separator: "\n\n"),
            hint: "End these spans, or leave out noOpenSpans() if they may stay open.")
    }

    func invariantsBroken(_ violations: [String]) -> TraceMismatch {
        let drawing = recorded.forest.rendered()
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { DifferenceLine(mark: .same, depth: 0, text: String($0)).description }
        return TraceMismatch(
            code: .invariantsBroken, summary: summary("What must hold for all traces doesn't"),
            details: (["Broken:\n" + violations.map { "  " + $0 }.joined(separator: "\n")]
                + ["Recorded:\n" + drawing.joined(separator: "\n")] + openSpans).joined(separator: "\n\n"),
            hint: "Mend what makes these spans, or say withoutInvariants() where broken traces are what is tested.")
    }

    private func summary(_ sentence: String) -> String {
        let count = recorded.forest.spans.count
        var counts = "\(count) \(count == 1 ? "span" : "spans") ended, \(recorded.forest.openSpans.count) open"
        if let waited { counts = "after \(waited): " + counts }
        return "\(sentence) (\(place); \(counts))."
    }

    private var openSpans: [String] {
        guard !recorded.forest.openSpans.isEmpty else { return [] }
        let labels = SpanLabels(recorded.forest)
        let lines = recorded.forest.openSpans.map {
            "  \(labels[$0.context]) \($0.name) in trace \(labels.trace($0.context.traceID))"
        }
        return ["Open spans, which have begun and not ended:\n" + lines.joined(separator: "\n")]
    }

    private var hint: String {
        if recorded.forest.spans.isEmpty, recorded.forest.openSpans.isEmpty {
            return "Nothing was recorded at all: is the recorder's tracer the one that the code under test uses?"
        }
        return ""
    }
}
