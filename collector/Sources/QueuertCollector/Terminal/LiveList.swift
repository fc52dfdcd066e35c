package import Foundation

/// The lines of a list that grows: one for each trace or chain that is new, and another when more is known of it.
package struct LiveList: Sendable {
    private let style: TerminalStyle
    private let timeZone: TimeZone
    /// What was last written of each.
    private var written: [String: String] = [:]

    /// Makes a list that nothing was written of.
    ///
    /// - Parameters:
    ///   - style: How it is set off.
    ///   - timeZone: Where the clock is.
    package init(style: TerminalStyle, timeZone: TimeZone = .current) {
        self.style = style
        self.timeZone = timeZone
    }

    /// The lines for what has changed.
    ///
    /// - Parameter traces: The newest traces, newest first.
    /// - Returns: A line for each that is new or has grown, oldest first.
    package mutating func lines(_ traces: [TraceSummary]) -> [String] {
        defer { forget(allBut: traces.map(\.traceID)) }
        return traces.reversed().compactMap { trace in
            let took = trace.endTime > trace.startTime ? trace.endTime - trace.startTime : 0
            return line(
                trace.traceID, at: trace.startTime,
                [
                    style.bold(TraceTree.printable(trace.rootName)),
                    TraceTree.printable(trace.services.joined(separator: ", ")), DurationText.text(nanoseconds: took),
                    counted(trace.spanCount, "span"),
                    trace.errorCount > 0 ? style.error(counted(trace.errorCount, "error")) : "",
                    style.faint(trace.traceID),
                ])
        }
    }

    /// The lines for what has changed.
    ///
    /// - Parameter chains: Chains, the one that was heard of last first.
    /// - Returns: A line for each that is new or has gone on, oldest first.
    package mutating func lines(_ chains: [ChainSummary]) -> [String] {
        defer { forget(allBut: chains.map(\.chainID)) }
        return chains.reversed().compactMap { chain in
            let start = UInt64(chain.startTimeUnixNano) ?? 0
            let end = UInt64(chain.endTimeUnixNano) ?? 0
            return line(
                chain.chainID, at: start,
                [
                    style.bold(TraceTree.printable(chain.type)), state(of: chain),
                    DurationText.text(nanoseconds: end > start ? end - start : 0), counted(chain.jobCount, "job"),
                    counted(chain.attemptCount, "attempt"),
                    chain.failedAttemptCount > 0 ? style.error("\(chain.failedAttemptCount) failed") : "",
                    style.faint(TraceTree.printable(chain.chainID)),
                ])
        }
    }

    private func state(of chain: ChainSummary) -> String {
        if chain.isCancelled { return style.error("cancelled") }
        if chain.isEnded { return style.good("completed") }
        if chain.lastResult == "failed" && !chain.isRescheduled { return style.error("failed") }
        guard chain.openBlockerCount > 0 else { return style.wait("open") }
        let first = chain.openBlockers.first.map { $0.type.isEmpty ? $0.chainID : $0.type } ?? "a chain"
        let others = chain.openBlockerCount > 1 ? " and \(chain.openBlockerCount - 1) more" : ""
        return style.wait("blocked by \(TraceTree.printable(first))\(others)")
    }

    private mutating func line(_ id: String, at time: UInt64, _ columns: [String]) -> String? {
        let text = "\(clock(time))  " + columns.filter { !$0.isEmpty }.joined(separator: "  ")
        let before = written.updateValue(text, forKey: id)
        if before == text { return nil }
        return (before == nil ? "" : style.faint("again ")) + text
    }

    /// What was written may go on for days; what it was written of is looked at again only if it is among the newest.
    private mutating func forget(allBut ids: [String]) {
        guard written.count > 10_000 else { return }
        let newest = Set(ids)
        written = written.filter { newest.contains($0.key) }
    }

    private func clock(_ nanoseconds: UInt64) -> String {
        let time = Int64(nanoseconds / 1_000_000_000)
        // In summer another offset holds than in winter. A day more, since west of Greenwich 1970 began later.
        let offset = timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time))) + 86_400
        let seconds = time + Int64(offset)
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let milliseconds = nanoseconds / 1_000_000 % 1000
        let digits = String(repeating: "0", count: 3 - String(milliseconds).count) + String(milliseconds)
        return "\(two(seconds / 3600 % 24)):\(two(seconds / 60 % 60)):\(two(seconds % 60)).\(digits)"
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
