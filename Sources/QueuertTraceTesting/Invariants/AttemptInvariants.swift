import QueuertOTel

/// What must hold for the attempts of a queue's jobs.
enum AttemptInvariants {
    /// Clocks of a queue count microseconds, and are those of a database.
    private static let clockTolerance: UInt64 = 1_000_000

    static func violations(in forest: TraceForest, _ labels: SpanLabels) -> [TraceInvariants.Violation] {
        numbers(in: forest, labels) + contexts(in: forest, labels)
    }

    /// An attempt follows the one before, or begins anew: a shutdown gives an attempt back, and who tries a job again
    /// that has failed for good counts from 1.
    private static func numbers(in forest: TraceForest, _ labels: SpanLabels) -> [TraceInvariants.Violation] {
        var jobs: [String] = []
        var attempts: [String: [QueueSpan]] = [:]
        var created: Set<String> = []
        for span in forest.spans.lazy.compactMap(QueueSpan.init) {
            guard let job = span.jobID else { continue }
            if span.isAttempt {
                if attempts[job] == nil { jobs.append(job) }
                attempts[job, default: []].append(span)
            } else if span.data.kind == .producer {
                created.insert(job)
            }
        }
        return jobs.flatMap { job -> [TraceInvariants.Violation] in
            let inOrder = (attempts[job] ?? []).sorted {
                ($0.data.start, $0.attempt ?? 0) < ($1.data.start, $1.attempt ?? 0)
            }
            // Of a job whose creation wasn't recorded, the first attempts may not be recorded either.
            var before: Int64? = created.contains(job) ? 0 : nil
            var previous: QueueSpan?
            return inOrder.compactMap { span in
                guard let number = span.attempt else { return nil }
                defer { (before, previous) = (number, span) }
                guard let last = before, number != last + 1 else { return nil }
                if number == last, mayBeToldAgain(number, inOrder) { return nil }
                if number == 1, let previous, hasFailedForGood(previous) { return nil }
                return .init(
                    .contiguousAttempts,
                    "\(labels[span.data.context]) \(span.data.name) is attempt \(number), after attempt \(last)")
            }
        }
    }

    /// Whether one of the attempts of a number was given back, or was told by the worker that had lost it, too, as it is
    /// with a tracer of another SDK.
    private static func mayBeToldAgain(_ number: Int64, _ attempts: [QueueSpan]) -> Bool {
        attempts.contains { span in
            let isOfItsLoser = span.result == "lost" && span.text("error.type") == "lease_expired"
            return span.attempt == number && (span.result == "cancelled" || isOfItsLoser)
        }
    }

    /// Whether no other attempt follows by itself.
    private static func hasFailedForGood(_ span: QueueSpan) -> Bool {
        (span.result == "failed" || span.result == "lost") && span.text("queuert.rescheduled_at") == nil
    }

    private static func contexts(in forest: TraceForest, _ labels: SpanLabels) -> [TraceInvariants.Violation] {
        let attempts = Dictionary(
            forest.spans.compactMap(QueueSpan.init).filter(\.isAttempt).map { (SpanIdentity($0.data.context), $0) },
            uniquingKeysWith: { first, _ in first })
        return forest.spans.compactMap { span in
            guard let parent = span.parent, let attempt = attempts[SpanIdentity(parent)] else { return nil }
            let place = "\(labels[span.context]) \(span.name)"
            if QueueSpan(span)?.isAttempt == true {
                return .init(
                    .noLeakedContext, "\(place) is an attempt below another one, \(labels.reference(parent))")
            }
            // Who takes a lost attempt back tells when it was lost, which its worker may not have known.
            guard attempt.result != "lost", span.start > attempt.data.end + clockTolerance else { return nil }
            let late = span.start.time(since: attempt.data.end)
            return .init(
                .noLeakedContext,
                "\(place) starts \(late) after the attempt that it is below, \(labels.reference(parent))")
        }
    }
}
