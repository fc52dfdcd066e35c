import Queuert

extension StateConformance {
    /// Text as it comes: queues carry what their users write.
    private static var oddTexts: [(name: String, text: String)] {
        [
            ("nothing", ""),
            ("quotes", #"'; DROP TABLE job; -- " \ ' '' \" %s ? $1 :a"#),
            ("line breaks and tabs", "a\nb\r\nc\td\u{2028}e\u{7f}"),
            ("many scripts", "Grüße, 世界, مرحبا, नमस्ते, 👩‍👩‍👧‍👦🏳️‍🌈"),
            ("composed and decomposed letters", "\u{e9} e\u{301} \u{1e69} s\u{323}\u{307} \u{ac00} \u{1100}\u{1161}"),
            ("the edges of Unicode", "\u{feff}\u{fffe}\u{ffff}\u{d7ff}\u{e000}\u{10ffff}\u{200d}"),
            ("spaces at the ends", "  text  "),
            ("what looks like a number or a date", "0123456789012345678901234567890.10e5 2030-01-01"),
            ("a NUL", "before\u{0}after"),
            ("a megabyte", String(repeating: "0123456789abcdeß", count: 65_000)),
        ]
    }

    var textCases: [ConformanceCase] {
        Self.oddTexts.flatMap { name, text in
            [
                test("inputs, outputs and errors come back byte for byte: \(name)") { scenario in
                    let job = scenario.newJob(input: text)
                    let inserted = try await scenario.insert(job)[0]
                    try expect(inserted.input, hasBytesOf: text, "the inserted input")
                    let claimed = try await scenario.claimOnly()
                    try expect(claimed.row.input, hasBytesOf: text, "the claimed input")
                    try await scenario.settle(claimed.row, .retried(.now, error: text, .failed))
                    try expect(
                        try await scenario.failedAttempts(job.id).first?.error, hasBytesOf: text, "the recorded error")
                    let again = try await scenario.claimOnly()
                    try expect(again.row.lastAttemptError, hasBytesOf: text, "the last error")
                    try await scenario.insert(scenario.newJob("dependant", blockers: [job.id]))
                    try await scenario.settle(again.row, .completed(output: text))
                    let ends = try await scenario.read { try $0.chainEnds(job.id) }
                    try expect(ends?.last.output, hasBytesOf: text, "the output")
                    let dependant = try await scenario.claimOnly("dependant")
                    try expect(dependant.blockers.first?.output, hasBytesOf: text, "the blocker's output")
                },
                test("trace columns come back byte for byte: \(name)") { scenario in
                    let columns = JobTraceColumns(
                        chainContext: "1" + text, jobContext: text + "2", carrier: "3" + text, segment: text)
                    let blocker = try await scenario.startClaimed("blocker", trace: columns)
                    try expect(blocker.trace.jobContext, hasBytesOf: text + "2", "the claimed job's context")
                    var job = scenario.newJob()
                    job.trace = columns
                    job.blockers = [NewJob.Blocker(chainID: blocker.chainID, traceContext: text + "4")]
                    try await scenario.insert(job)
                    let ended = try await scenario.settle(blocker, .completed(output: "1"), context: text + "5")
                    try expect(ended.chainStart?.context, hasBytesOf: text + "2", "the context of the chain's start")
                    try expect(ended.resolved.first?.awaitContext, hasBytesOf: text + "4", "the wait's context")
                    try expect(ended.resolved.first?.jobContext, hasBytesOf: text + "2", "the waiting job's context")
                    try expect(
                        try await scenario.row(blocker.id).trace.attemptContext, hasBytesOf: text + "5",
                        "the settled attempt's context")
                    let first = try await scenario.claimOnly()
                    let trace = first.row.trace
                    try expect(trace.chainContext, hasBytesOf: "1" + text, "the chain's context")
                    try expect(trace.jobContext, hasBytesOf: text + "2", "the job's context")
                    try expect(trace.carrier, hasBytesOf: "3" + text, "the carrier")
                    try expect(trace.segment, hasBytesOf: text, "the segment")
                    try expect(
                        first.blockers.first?.chainStartContext, hasBytesOf: text + "2", "the blocker's start context")
                    try await scenario.settle(first.row, .retried(.now, error: nil, .failed), context: text + "6")
                    let record = try await scenario.failedAttempts(job.id).first
                    try expect(record?.attemptContext, hasBytesOf: text + "6", "the recorded attempt's context")
                    let second = try await scenario.claimOnly()
                    try expect(
                        second.previousAttemptContext, hasBytesOf: text + "6", "the context of the attempt before")
                },
            ]
        }
    }
}
