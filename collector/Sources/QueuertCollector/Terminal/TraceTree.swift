/// Traces drawn as trees of text.
///
/// A span whose parent isn't stored stands at the left edge and says so. Links are written below the span that has them.
package struct TraceTree: Sendable {
    private let traces: [[ReceivedSpan]]

    /// Makes a tree of each trace.
    ///
    /// - Parameter traces: The spans of each trace.
    package init(traces: [[ReceivedSpan]]) { self.traces = traces }

    /// The trees, one line for each span and each link.
    package var lines: [String] {
        var names: [String: String] = [:]
        for span in traces.joined() { names[span.traceID + span.spanID] = span.name }
        return traces.enumerated().flatMap { index, spans in
            (index > 0 ? [""] : []) + Self.draw(spans, names: names)
        }
    }

    private static func draw(_ unordered: [ReceivedSpan], names: [String: String]) -> [String] {
        let spans = unordered.sorted { ($0.startTime, $1.endTime) < ($1.startTime, $0.endTime) }
        guard let first = spans.first else { return [] }
        let end = spans.map(\.endTime).max() ?? first.endTime
        let errorCount = spans.count { $0.isError }
        var lines = [
            "trace \(first.traceID): \(counted(spans.count, "span")), "
                + DurationText.text(nanoseconds: end > first.startTime ? end - first.startTime : 0)
                + (errorCount > 0 ? ", \(counted(errorCount, "error"))" : "")
        ]
        let known = Set(spans.map(\.spanID))
        let children = Dictionary(grouping: spans) { known.contains($0.parentSpanID) ? $0.parentSpanID : "" }
        // A stack of our own: a trace can be deeper than the call stack. A circle of parents has no way in and isn't drawn.
        var pending = (children[""] ?? []).reversed().map { (span: $0, indent: "", branch: "") }
        while let next = pending.popLast() {
            let isOrphan = next.indent.isEmpty && next.branch.isEmpty && !next.span.parentSpanID.isEmpty
            lines.append(
                next.indent + next.branch + describe(next.span) + (isOrphan ? "  (its parent isn't here)" : ""))
            let inner = next.indent + (next.branch.isEmpty ? "" : next.branch == lastBranch ? "   " : "│  ")
            let own = children[next.span.spanID] ?? []
            let gutter = inner + (own.isEmpty ? "     " : "│    ")
            lines += next.span.links.map { gutter + describe($0, from: next.span, names: names) }
            for (index, child) in own.enumerated().reversed() {
                pending.append((child, inner, index == own.count - 1 ? lastBranch : "├─ "))
            }
        }
        return lines
    }

    private static let lastBranch = "└─ "

    private static func describe(_ span: ReceivedSpan) -> String {
        var text = "\(printable(span.name))  \(DurationText.text(nanoseconds: span.duration))"
        if case .int(let attempt) = span[attribute: "queuert.job.attempt"], span.kind == 5 {
            text += "  attempt \(attempt)"
        }
        if span.isError {
            let errorType = span[attribute: "error.type"]?.text
            let words = [errorType, span.status.message].compactMap { $0 }.filter { !$0.isEmpty }
            text += "  ERROR" + (words.isEmpty ? "" : " " + printable(words.joined(separator: ": ")))
        }
        return text
    }

    private static func describe(
        _ link: ReceivedSpan.Link, from span: ReceivedSpan, names: [String: String]
    ) -> String {
        let type = link.type.isEmpty ? "link" : printable(link.type)
        let target = names[link.traceID + link.spanID].map(printable) ?? "span \(link.spanID)"
        return "~ \(type): \(target)" + (link.traceID == span.traceID ? "" : " in trace \(link.traceID)")
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// Takes out what would control the terminal: names and messages come from elsewhere.
    static func printable(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    switch scalar.properties.generalCategory {
                    case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
                    default: scalar
                    }
                }))
    }
}

/// Durations in words that a person reads at a glance.
enum DurationText {
    /// Writes a duration with three digits and a fitting unit.
    ///
    /// - Parameter nanoseconds: The duration.
    /// - Returns: Such as `1.25 ms`.
    static func text(nanoseconds: UInt64) -> String {
        switch nanoseconds {
        case 0..<1_000: "\(nanoseconds) ns"
        case 1_000..<1_000_000: "\(digits(Double(nanoseconds) / 1e3)) µs"
        case 1_000_000..<1_000_000_000: "\(digits(Double(nanoseconds) / 1e6)) ms"
        case 1_000_000_000..<60_000_000_000: "\(digits(Double(nanoseconds) / 1e9)) s"
        default: "\(nanoseconds / 60_000_000_000) min \(nanoseconds / 1_000_000_000 % 60) s"
        }
    }

    private static func digits(_ number: Double) -> String {
        let scale: Double = number < 10 ? 100 : number < 100 ? 10 : 1
        let rounded = (number * scale).rounded() / scale
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
