/// Traces drawn as trees of text.
///
/// A span whose parent isn't stored stands at the left edge and says so. Links are written below the span that has them.
package struct TraceTree: Sendable {
    private let traces: [[ReceivedSpan]]
    private let chain: String?
    private let style: TerminalStyle

    /// Makes a tree of each trace.
    ///
    /// - Parameters:
    ///   - traces: The spans of each trace.
    ///   - chain: A chain, of which alone the spans are drawn, with what was done for it; `nil` to draw all.
    ///   - style: How text is set off.
    package init(traces: [[ReceivedSpan]], chain: String? = nil, style: TerminalStyle = .plain) {
        self.traces = traces
        self.chain = chain
        self.style = style
    }

    /// The trees, one line for each span and each link.
    package var lines: [String] {
        var names: [String: String] = [:]
        for span in traces.joined() { names[span.traceID + span.spanID] = span.name }
        return traces.enumerated().flatMap { index, spans in
            (index > 0 ? [""] : []) + draw(Self.part(of: spans, chain: chain), names: names)
        }
    }

    /// The spans of a chain, and those below them that aren't another chain's.
    private static func part(of spans: [ReceivedSpan], chain: String?) -> [ReceivedSpan] {
        guard let chain else { return spans }
        let children = Dictionary(grouping: spans, by: \.parentSpanID)
        var part = spans.filter { $0.chainID == chain }
        var known = Set(part.map(\.spanID))
        var next = 0
        while next < part.count {
            for child in children[part[next].spanID] ?? [] where child.chainID == nil {
                if known.insert(child.spanID).inserted { part.append(child) }
            }
            next += 1
        }
        return part
    }

    private func draw(_ unordered: [ReceivedSpan], names: [String: String]) -> [String] {
        let spans = unordered.sorted { ($0.startTime, $1.endTime) < ($1.startTime, $0.endTime) }
        guard let first = spans.first else { return [] }
        let end = spans.map(\.endTime).max() ?? first.endTime
        let errorCount = spans.count { $0.isError }
        var lines = [
            style.faint("trace ") + first.traceID + ": \(Self.counted(spans.count, "span")), "
                + DurationText.text(nanoseconds: end > first.startTime ? end - first.startTime : 0)
                + (errorCount > 0 ? ", " + style.error(Self.counted(errorCount, "error")) : "")
        ]
        let known = Set(spans.map(\.spanID))
        let children = Dictionary(grouping: spans) { known.contains($0.parentSpanID) ? $0.parentSpanID : "" }
        // A stack of our own: a trace can be deeper than the call stack. A circle of parents has no way in and isn't drawn.
        var pending = (children[""] ?? []).reversed().map { (entry: Entry.span($0), indent: "", branch: "") }
        while let next = pending.popLast() {
            let inner = next.indent + (next.branch.isEmpty ? "" : next.branch == Self.lastBranch ? "   " : "│  ")
            guard case .span(let span) = next.entry else {
                if case .more(let count, let name) = next.entry {
                    lines.append(
                        style.faint(next.indent + next.branch)
                            + style.faint("… \(count) more “\(Self.printable(name))”"))
                }
                continue
            }
            let isOrphan = next.indent.isEmpty && next.branch.isEmpty && !span.parentSpanID.isEmpty
            lines.append(
                style.faint(next.indent + next.branch) + describe(span)
                    + (isOrphan ? describeParent(of: span, names: names) : ""))
            let own = Self.folded(children[span.spanID] ?? [], isLeaf: { children[$0.spanID] == nil })
            let gutter = inner + (own.isEmpty ? "     " : "│    ")
            lines += describeLinks(of: span, names: names).map { style.faint(gutter) + style.link($0) }
            for (index, child) in own.enumerated().reversed() {
                pending.append((child, inner, index == own.count - 1 ? Self.lastBranch : "├─ "))
            }
        }
        return lines
    }

    /// A line of the tree.
    private enum Entry {
        case span(ReceivedSpan)
        case more(Int, name: String)
    }

    /// Leaves out what only repeats: of many spans of one name that hold nothing and went well, a few are drawn.
    private static func folded(_ spans: [ReceivedSpan], isLeaf: (ReceivedSpan) -> Bool) -> [Entry] {
        var counts: [String: Int] = [:]
        var entries: [Entry] = []
        for span in spans {
            if !span.isError && isLeaf(span) {
                counts[span.name, default: 0] += 1
                if counts[span.name, default: 0] > repetitionLimit { continue }
            }
            entries.append(.span(span))
        }
        for (name, count) in counts.sorted(by: { $0.key < $1.key }) where count > repetitionLimit {
            entries.append(.more(count - repetitionLimit, name: name))
        }
        return entries
    }

    /// How many spans or links that are alike are drawn.
    private static let repetitionLimit = 3
    private static let lastBranch = "└─ "

    private func describe(_ span: ReceivedSpan) -> String {
        var text = "\(style.bold(Self.printable(span.name)))  \(DurationText.text(nanoseconds: span.duration))"
        if case .int(let attempt) = span[attribute: "queuert.job.attempt"], span.kind == 5 {
            text += "  attempt \(attempt)"
        }
        let waits = Self.waits(of: span)
        if !waits.isEmpty { text += "  " + style.wait("after " + waits.joined(separator: ", ")) }
        if span.isError {
            let errorType = span[attribute: "error.type"]?.text
            let words = [errorType, span.status.message].compactMap { $0 }.filter { !$0.isEmpty }
            let error = "ERROR" + (words.isEmpty ? "" : " " + Self.printable(words.joined(separator: ": ")))
            text += "  " + style.error(error)
        }
        return text
    }

    /// What a job waited for before an attempt, as far as a person would notice.
    private static func waits(of span: ReceivedSpan) -> [String] {
        guard span.kind == 5 else { return [] }
        return [("blocked", "blocked"), ("schedule", "scheduled"), ("backoff", "backing off"), ("queue", "queued")]
            .compactMap { key, word in
                guard case .double(let seconds) = span[attribute: "queuert.job.wait.\(key)_s"], seconds >= 0.001,
                    seconds < 1e9
                else { return nil }
                return "\(word) \(DurationText.text(nanoseconds: UInt64(seconds * 1e9)))"
            }
    }

    private func describeParent(of span: ReceivedSpan, names: [String: String]) -> String {
        let parent = names[span.traceID + span.parentSpanID]
        return parent.map { "  (below \(Self.printable($0)))" } ?? "  (its parent isn't here)"
    }

    /// A line for each link, but few for many of one type.
    private func describeLinks(of span: ReceivedSpan, names: [String: String]) -> [String] {
        var lines: [String] = []
        var counts: [String: Int] = [:]
        for link in span.links {
            counts[link.type, default: 0] += 1
            if counts[link.type, default: 0] <= Self.repetitionLimit {
                lines.append(describe(link, from: span, names: names))
            }
        }
        for (type, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.repetitionLimit {
            lines.append("~ \(Self.printable(type)): \(count - Self.repetitionLimit) more")
        }
        return lines
    }

    private func describe(
        _ link: ReceivedSpan.Link, from span: ReceivedSpan, names: [String: String]
    ) -> String {
        let type = link.type.isEmpty ? "link" : Self.printable(link.type)
        let target = names[link.traceID + link.spanID].map(Self.printable) ?? "span \(link.spanID)"
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
