#if CommandLine
internal import Queuert

extension JobReport {
    /// The report for programs.
    func json(showsData: Bool) -> JSONValue {
        [
            "job": JobJSON.job(job, status, showsData: showsData),
            "chain": JobJSON.chain(chain, status, showsData: showsData),
            "why": [
                "reason": .string(explanation.reason.rawValue), "sentence": .string(explanation.sentence),
                "hint": JSONValue(explanation.hint),
            ],
            "blockers": .array(
                blockers.map { blocker in
                    [
                        "chainID": JSONValue(blocker.chain.first.id), "type": .string(blocker.chain.first.typeName),
                        "status": .string(status[blocker.chain.last].rawValue),
                        "lastJobID": JSONValue(blocker.chain.last.id), "blockedAt": JSONValue(blocker.blockedAt),
                        "resolvedAt": JSONValue(blocker.resolvedAt),
                    ]
                }),
            "failedAttempts": .array(failedAttempts.map { json($0, showsData: showsData) }),
            "traceIDs": [
                "chain": JSONValue(TraceID.of(job.trace.segmentContext)),
                "job": JSONValue(TraceID.of(job.trace.jobContext)),
                "attempt": JSONValue(TraceID.of(job.trace.attemptContext)),
            ],
        ]
    }

    private func json(_ attempt: AttemptRow, showsData: Bool) -> JSONValue {
        let json: JSONValue = [
            "attempt": .integer(attempt.attempt), "outcome": .string(attempt.outcome.rawValue),
            "worker": JSONValue(attempt.worker), "startedAt": JSONValue(attempt.startedAt),
            "endedAt": JSONValue(attempt.endedAt), "traceID": JSONValue(TraceID.of(attempt.attemptContext)),
        ]
        return showsData ? json.adding([("error", JSONValue(attempt.error))]) : json
    }
}

/// The trace of a stored context.
enum TraceID {
    /// The trace's identifier in a `traceparent`, 32 digits; `nil` if the context is of another form.
    static func of(_ context: String?) -> String? {
        guard let match = context?.prefixMatch(of: /[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/) else {
            return nil
        }
        return String(match.output.1)
    }
}
#endif
