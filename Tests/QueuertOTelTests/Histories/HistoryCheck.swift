import Queuert
import QueuertOTel
import QueuertTraceTesting

/// Compares what the spans of a history say with what the store does.
struct HistoryCheck<Adapter: StateAdapter> {
    let player: HistoryPlayer<Adapter>
    private let mode: TraceMode
    let spans: [SpanID: SpanData]
    let spansByName: [String: [SpanData]]
    /// The calls that started several chains, by what they have created.
    private let batches: [SpanID: SpanID]
    /// The spans that the store knows of.
    var explained: Set<SpanID> = []
    /// What is not as it should be.
    var failures: [String] = []
    /// How jobs, attempts, chains and waits relate, by name, whatever their spans are called: the same in each mode.
    private(set) var graph: Set<String> = []
    var names: [SpanID: String] = [:]
    /// Where the chains have come to, for those that go on with what recurs.
    private var ends: [JobID: End] = [:]

    /// The segment that a job or attempt belongs to, worked out from the store.
    private struct Segment {
        var start: Timestamp
        var firstIndex: Int

        func isOver(at moment: Timestamp, index: Int, mode: TraceMode) -> Bool {
            switch mode.form {
            case .bounded(let window, let jobs): moment - start > window || index - firstIndex >= jobs
            case .single, .linked: false
            }
        }
    }

    /// Where a chain has come to.
    private struct End {
        let segment: Segment
        let modeOfCall: TraceMode?
        let last: JobRow
    }

    init(_ player: HistoryPlayer<Adapter>, mode: TraceMode) async throws {
        self.player = player
        self.mode = mode
        let recorded = player.recorder.spans
        spans = Dictionary(recorded.map { ($0.context.spanID, $0) }) { first, _ in first }
        spansByName = Dictionary(grouping: recorded, by: \.name)
        let calls = recorded.filter { $0[attribute: "messaging.batch.message_count"] != nil }
        let created = calls.flatMap { call in call.links.map { ($0.context.spanID, call.context.spanID) } }
        batches = Dictionary(created) { first, _ in first }
        if spans.count != recorded.count {
            failures.append("\(recorded.count - spans.count) identifiers are used twice")
        }
        explainLostAttempts()
        let chains = try await player.storedChains()
        for chain in chains { check(chain) }
        for chain in chains { checkWaits(of: chain) }
        checkRest()
    }

    mutating func expect(_ isTrue: Bool, _ text: @autoclosure () -> String) {
        if !isTrue { failures.append(text()) }
    }

    /// Finds the span of something that the store knows of, which is then explained.
    private mutating func span(_ stored: String?, _ name: String, _ kind: SpanData.Kind, as label: String) -> SpanData?
    {
        guard let stored, let context = TraceContext(traceparent: stored), let span = spans[context.spanID] else {
            failures.append("\(label) has no span")
            return nil
        }
        expect(explained.insert(context.spanID).inserted, "\(label) shares its span")
        expect(span.name == name, "\(label) is called \(span.name), not \(name)")
        expect(span.kind == kind, "\(label) is of kind \(span.kind)")
        expect(span.end >= span.start, "\(label) ends before it starts")
        names[context.spanID] = label
        return span
    }

    /// Compares all links of a span with those that the store tells of.
    mutating func checkLinks(_ span: SpanData, _ expected: [(type: String, target: SpanID?)], _ label: String) {
        func text(_ type: String, _ target: SpanID?) -> String { "\(type) \(target?.description ?? "nothing")" }
        let actual = span.links.map { link in
            let type = link.attributes.first { $0.key == "queuert.link.type" }?.value
            guard case .string(let type)? = type else { return "no type" }
            return text(type, link.context.spanID)
        }
        let wanted = expected.map { text($0.type, $0.target) }
        expect(actual.sorted() == wanted.sorted(), "\(label) has the links \(actual.sorted()), not \(wanted.sorted())")
        // A new segment begins elsewhere in each mode; the rest is the history itself.
        for (type, target) in expected where type != "chain" {
            graph.insert("\(label) -\(type)-> \(target.flatMap { names[$0] } ?? "?")")
        }
    }

    func id(_ stored: String?) -> SpanID? { stored.flatMap { TraceContext(traceparent: $0) }?.spanID }

    /// With the instrumentation for any tracer, the span of an attempt whose worker died in between is not the one that the
    /// store has from whoever took the job back.
    private mutating func explainLostAttempts() {
        guard player.instrumented == .anyTracer else { return }
        for span in spans.values where span.kind == .consumer && span[attribute: "error.type"] == "lease_expired" {
            explained.insert(span.context.spanID)
            names[span.context.spanID] = "lost attempt"
        }
    }

    // MARK: Chains

    private mutating func check(_ chain: StoredChain) {
        var segment = Segment(start: chain.first.createdAt, firstIndex: 0)
        var modeOfCall: TraceMode?
        var previous: JobRow?
        // What recurs goes on with a chain as others do with a job.
        if let end = player.occurrences[chain.first.id].flatMap({ ends[$0] }) {
            segment = end.segment
            segment.firstIndex -= end.last.chainIndex + 1
            (modeOfCall, previous) = (end.modeOfCall, end.last)
        }
        for (index, job) in chain.jobs.enumerated() {
            let row = job.row
            modeOfCall = player.modes[row.id] ?? modeOfCall
            let mode = modeOfCall ?? mode
            if let previous {
                let isNew = segment.isOver(at: row.createdAt, index: index, mode: mode)
                if isNew { segment = Segment(start: row.createdAt, firstIndex: index) }
                checkContinuation(row, after: previous, isNewSegment: isNew)
            } else {
                checkStart(row)
            }
            let last = checkAttempts(of: job, segment, mode)
            if row.completedAt != nil, row.completedBy == nil {
                checkOutsideCompletion(of: row)
            } else if let last {
                segment = last
            }
            previous = row
        }
        ends[chain.first.id] = End(segment: segment, modeOfCall: modeOfCall, last: chain.last)
        checkEnd(chain)
    }

    private mutating func checkStart(_ row: JobRow) {
        guard let context = row.trace.jobContext.flatMap({ TraceContext(traceparent: $0) }),
            let name = spans[context.spanID]?.name
        else {
            failures.append("\(row.id) has no span")
            return
        }
        let operation = String(name.prefix { $0 != " " })
        expect(["start", "schedule", "create"].contains(operation), "\(row.id) was created by \(name)")
        guard let span = span(row.trace.jobContext, "\(operation) \(row.typeName)", .producer, as: "\(row.id)") else {
            return
        }
        expect(row.trace.chainContext == nil, "\(row.id) is not the first of its segment")
        expect(span.start / 1_000 == UInt64(row.createdAt.microseconds), "\(row.id) started at another time")
        checkParent(of: span, player.starters[row.id], "\(row.id)")
        checkLinks(span, operation == "create" ? [("batch", batches[context.spanID])] : [], "\(row.id)")
    }

    /// Checks that a span is below the one that was current when it began, or a root if none was.
    private mutating func checkParent(of span: SpanData, _ expected: SpanID?, _ label: String) {
        expect(span.parent?.spanID == expected, "\(label) is not below the span that it began in")
        let isInTrace = span.parent.map { $0.traceID == span.context.traceID }
        expect(isInTrace ?? true, "\(label) is outside of its parent's trace")
    }

    private mutating func checkContinuation(_ row: JobRow, after previous: JobRow, isNewSegment: Bool) {
        guard let span = span(row.trace.jobContext, "continue \(row.typeName)", .producer, as: "\(row.id)") else {
            return
        }
        var links: [(String, SpanID?)] = [("origin", id(previous.lastAttemptContext))]
        let origin = id(previous.lastAttemptContext).flatMap { spans[$0] }
        // The segment's first span: the attempt itself if that began one.
        let isOutside = previous.completedBy == nil
        let head =
            origin?.parent == nil && !isOutside ? origin?.context.spanID : id(previous.trace.segmentContext)
        if isNewSegment {
            expect(span.parent == nil, "\(row.id) should begin a segment")
            links.append(("chain", head))
        } else {
            expect(span.parent?.spanID == head, "\(row.id) should be below the span of its segment")
            expect(span.parent?.traceID == span.context.traceID, "\(row.id) is outside of its segment's trace")
            expect(id(row.trace.segmentContext) == head, "\(row.id) is stored with another segment")
        }
        checkLinks(span, links, "\(row.id)")
    }

    // MARK: Attempts

    /// Checks the attempts of a job, and works out the segment of the last one.
    private mutating func checkAttempts(of job: StoredChain.Job, _ stored: Segment, _ mode: TraceMode) -> Segment? {
        let row = job.row
        let blockers = job.blockers.map { id($0.chain.first.trace.jobContext) }
        var attempts = job.attempts
        if let completedAt = row.completedAt, row.completedBy != nil {
            attempts.append(
                AttemptRow(
                    jobID: row.id, attempt: row.attempt, worker: row.completedBy, startedAt: row.lastAttemptAt,
                    endedAt: completedAt, outcome: .failed, error: nil, attemptContext: row.lastAttemptContext))
        }
        var segment: Segment?
        for (index, attempt) in attempts.enumerated() {
            let isLast = index == attempts.count - 1
            let label = "\(row.id) attempt \(index + 1)"
            guard let startedAt = attempt.startedAt,
                let span = span(context(of: attempt, row), "process \(row.typeName)", .consumer, as: label)
            else { continue }
            let isNew =
                mode.form == .linked || stored.isOver(at: startedAt, index: row.chainIndex, mode: mode)
            segment = isNew ? Segment(start: startedAt, firstIndex: row.chainIndex) : stored
            var links: [(String, SpanID?)] = [("creation", id(row.trace.jobContext))]
            if index > 0 { links.append(("retry_of", id(attempts[index - 1].attemptContext))) }
            links += blockers.map { ("blocker", $0) }
            if isNew {
                expect(span.parent == nil, "\(label) should begin a segment")
                links.append(("chain", id(row.trace.segmentContext)))
            } else {
                expect(span.parent?.spanID == id(row.trace.jobContext), "\(label) should be below its job")
                expect(span.parent?.traceID == span.context.traceID, "\(label) is outside of its job's trace")
            }
            let isCompleted = isLast && row.completedBy != nil
            let batch = batch(of: span, attempt, isCompleted: isCompleted)
            if let batch, batch.leader != span.context.spanID { links.append(("batch", batch.leader)) }
            expect(
                span[attribute: "queuert.batch.size"] == batch.map { AttributeValue.int(Int64($0.size)) },
                "\(label) tells of another batch")
            checkLinks(span, links, label)
            checkResult(span, attempt, isCompleted: isCompleted, label)
            let earlier = attempts[..<index]
            checkWait(span, row, attempt, after: earlier.last, label)
            checkKinds(of: span, attempt, after: earlier, blockers: earlier.isEmpty ? job.blockers : [], label)
        }
        return segment
    }

    /// The context of an attempt's span.
    ///
    /// The store doesn't know that of an attempt that another has ended while it ran.
    private func context(of attempt: AttemptRow, _ row: JobRow) -> String? {
        if let context = attempt.attemptContext { return context }
        return spansByName["process \(row.typeName)", default: []].first { span in
            span[attribute: "queuert.job.id"] == .string(row.id.rawValue)
                && span.end / 1_000 == UInt64(attempt.endedAt.microseconds)
        }?.context.traceparent
    }

    /// The call that an attempt shared with others, if the span is to tell of it.
    ///
    /// Who ends an attempt instead of its worker knows nothing of the call, unless it is the worker's own process, in which the
    /// instrumentation for any tracer finds the very attempt.
    private func batch(
        of span: SpanData, _ attempt: AttemptRow, isCompleted: Bool
    ) -> HistoryPlayer<Adapter>.Batch? {
        let isEndedByWorker = isCompleted || [.failed, .rescheduled, .released].contains(attempt.outcome)
        guard isEndedByWorker || player.instrumented == .anyTracer else { return nil }
        return player.batches[span.context.spanID]
    }

    private mutating func checkResult(_ span: SpanData, _ attempt: AttemptRow, isCompleted: Bool, _ label: String) {
        let expected: (result: String, errorType: AttributeValue?) =
            switch attempt.outcome {
            case _ where isCompleted: ("completed", nil)
            case .failed: ("failed", "Boom")
            case .rescheduled: ("rescheduled", nil)
            case .lost: ("lost", "worker_lost")
            case .released: ("cancelled", nil)
            case .cancelled: ("cancelled", "cancelled")
            case .superseded: ("superseded", nil)
            }
        expect(
            span[attribute: "queuert.attempt.result"] == .string(expected.result),
            "\(label) has the result \(String(describing: span[attribute: "queuert.attempt.result"]))")
        expect(span[attribute: "error.type"] == expected.errorType, "\(label) has another error")
        expect((span.status == .unset) == (expected.errorType == nil), "\(label) has the status \(span.status)")
        expect(span.start / 1_000 == UInt64(attempt.startedAt?.microseconds ?? 0), "\(label) started at another time")
        expect(span.end / 1_000 == UInt64(attempt.endedAt.microseconds), "\(label) ended at another time")
    }

    /// What is waited for leaves no gap between what came before and the attempt, and a long wait is a span.
    private mutating func checkWait(
        _ span: SpanData, _ row: JobRow, _ attempt: AttemptRow, after previous: AttemptRow?, _ label: String
    ) {
        guard let startedAt = attempt.startedAt else { return }
        let redriven = player.redrivenAt[row.id]?.last { $0 < startedAt }
        let before = max(previous?.endedAt ?? row.createdAt, redriven ?? row.createdAt)
        let sum = ["blocked", "schedule", "backoff", "queue"].map { waited(for: $0, in: span) }.reduce(0, +)
        let gap = startedAt.microseconds - before.microseconds
        expect(sum == gap, "\(label) waited for \(gap) microseconds and tells of \(sum)")

        let inQueue = waited(for: "queue", in: span)
        guard let parent = span.parent, inQueue >= 100_000 else { return }
        let wait = spansByName["wait \(row.typeName)", default: []].first {
            $0.parent?.spanID == parent.spanID && $0.end == span.start
        }
        guard let wait else {
            failures.append("\(label) has no span of its wait")
            return
        }
        explained.insert(wait.context.spanID)
        expect((wait.end - wait.start) / 1_000 == inQueue, "the wait of \(label) took another time")
        expect(wait.context.traceID == parent.traceID, "the wait of \(label) is outside of its job's trace")
    }

    /// For how many microseconds an attempt says that its job waited for something.
    private func waited(for kind: String, in span: SpanData) -> Int64 {
        guard case .double(let seconds)? = span[attribute: "queuert.job.wait.\(kind)_s"] else { return 0 }
        return Int64((seconds * 1_000_000).rounded())
    }

    /// A job waits for its backoff after a failure only, whatever reason its handler gave to be called again; and for
    /// other chains before its first attempt only, until the last of them had ended.
    private mutating func checkKinds(
        of span: SpanData, _ attempt: AttemptRow, after earlier: ArraySlice<AttemptRow>, blockers: [JobBlocker],
        _ label: String
    ) {
        // What was given back was not tried, and a redrive begins anew.
        let last = earlier.last { $0.outcome != .released }?.outcome
        let isRetry = attempt.attempt > 1 && (last == .failed || last == .lost)
        let other = isRetry ? "schedule" : "backoff"
        expect(waited(for: other, in: span) == 0, "\(label) tells of a \(other) that it didn't wait for")
        let waits = blockers.compactMap { blocker in
            blocker.resolvedAt.map { $0.microseconds - blocker.blockedAt.microseconds }
        }
        let blocked = waited(for: "blocked", in: span)
        expect(blocked == waits.max() ?? 0, "\(label) waited for \(waits) microseconds and tells of \(blocked)")
    }

    private mutating func checkOutsideCompletion(of row: JobRow) {
        let label = "completion of \(row.id)"
        guard let span = span(row.trace.attemptContext, "complete \(row.typeName)", .client, as: label) else { return }
        // Without a span of the caller's it belongs to the trace of the job.
        checkParent(of: span, player.completers[row.id] ?? id(row.trace.jobContext), label)
        checkLinks(span, [("creation", id(row.trace.jobContext))], label)
    }
}
