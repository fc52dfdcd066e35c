#if CommandLine
internal import Queuert

extension JobReport {
    /// The report for people.
    func lines(showsData: Bool) -> [String] {
        var lines = [explanation.sentence.printable]
        if let hint = explanation.hint { lines.append(hint.printable) }
        lines.append("")
        let properties = properties.filter { !$0.1.isEmpty }
        lines += properties.map { name, value in
            "\(name)\(String(repeating: " ", count: 10 - name.count))\(value.printable)"
        }
        lines += blockerLines + attemptLines(showsData: showsData)
        if showsData { lines += DataLines.of(job, title: "What it holds") }
        return lines
    }

    private var properties: [(String, String)] {
        func time(_ moment: Timestamp?) -> String { moment.map { TimestampText.relative($0, to: now) } ?? "" }
        let lease = job.leasedBy.map { "\($0), until \(time(job.leasedUntil))" } ?? ""
        let jobs = chain.last.chainIndex + 1
        return [
            ("job", "\(job.id) (\(job.typeName))"), ("status", status[job].rawValue),
            ("chain", "\(job.chainID) (\(job.chainTypeName)), job \(job.chainIndex + 1) of \(jobs) so far"),
            ("created", time(job.createdAt)), ("due", time(job.scheduledAt)), ("attempts", String(job.attempt)),
            ("lease", lease), ("completed", time(job.completedAt)), ("failed", time(job.failedAt)),
            ("cancelled", time(job.cancelledAt)), ("trace", TraceID.of(job.trace.jobContext) ?? ""),
            ("attempt's", TraceID.of(job.trace.attemptContext) ?? ""),
        ]
    }

    private var blockerLines: [String] {
        if blockers.isEmpty { return [] }
        var table = TextTable("WAITS FOR", "TYPE", "STATUS", "SINCE", "ENDED")
        for blocker in blockers {
            table.add(
                blocker.chain.first.id.rawValue, blocker.chain.first.typeName,
                status[blocker.chain.last].rawValue, TimestampText.plain(blocker.blockedAt),
                blocker.resolvedAt.map(TimestampText.plain) ?? "")
        }
        return [""] + table.lines
    }

    private func attemptLines(showsData: Bool) -> [String] {
        if failedAttempts.isEmpty { return [] }
        var table = TextTable("ATTEMPT", "OUTCOME", "WORKER", "STARTED", "ENDED", "TRACE", "ERROR")
        for attempt in failedAttempts {
            let error = showsData ? attempt.error ?? "" : attempt.error == nil ? "" : "(--show-data)"
            table.add(
                String(attempt.attempt), attempt.outcome.rawValue, attempt.worker ?? "",
                attempt.startedAt.map(TimestampText.plain) ?? "", TimestampText.plain(attempt.endedAt),
                TraceID.of(attempt.attemptContext) ?? "", error)
        }
        return [""] + table.lines
    }
}
#endif
