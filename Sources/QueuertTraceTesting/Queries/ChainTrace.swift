public import QueuertOTel

/// A chain of jobs, as its spans tell of it.
public struct ChainTrace: Sendable {
    /// One attempt of a job.
    public struct Attempt: Sendable {
        /// The attempt's span.
        public let span: SpanData
        /// The job.
        public let jobID: String
        /// The job's type.
        public let jobType: String
        /// The attempt's number, from 1.
        public let number: Int
        /// How the attempt ended, such as `completed`, `failed` or `lost`.
        public let result: String
        /// What it failed with; `nil` if it didn't.
        public let errorType: String?
        /// How long it took.
        public var duration: Duration { span.duration }
    }

    /// What a job can wait for before an attempt.
    public enum WaitKind: String, Hashable, Sendable {
        /// For other chains.
        case blocked
        /// For its time, as it was asked for.
        case schedule
        /// For its time, after a failed attempt.
        case backoff
        /// For a worker.
        case queue
    }

    /// A time in which a job waited.
    public struct Wait: Sendable {
        /// What for.
        public let kind: WaitKind
        /// The job.
        public let jobID: String
        /// The job's type.
        public let jobType: String
        /// The attempt before which it waited, from 1.
        public let attempt: Int
        /// Since when, in nanoseconds since 1970.
        public let start: UInt64
        /// Until when, in nanoseconds since 1970.
        public let end: UInt64
        /// The span that tells of the wait, if there is one: of several blockers, that of the last to end.
        public let span: SpanData?
        /// For how long.
        public var duration: Duration { end.time(since: start) }
    }

    /// A part of the time that a chain took.
    public struct Segment: Sendable {
        /// What was going on.
        public enum Activity: Hashable, Sendable {
            /// A job waited.
            case waiting(WaitKind)
            /// An attempt ran.
            case running
            /// No span tells.
            case unknown
        }

        /// What was going on.
        public let activity: Activity
        /// The type of the job that waited or ran; `nil` where no span tells.
        public let jobType: String?
        /// The span that tells of it, if there is one.
        public let span: SpanData?
        /// Since when, in nanoseconds since 1970.
        public let start: UInt64
        /// Until when, in nanoseconds since 1970.
        public let end: UInt64
        /// For how long.
        public var duration: Duration { end.time(since: start) }
    }

    /// The chain.
    public let id: String
    /// The type of its first job.
    public let type: String
    /// All spans that say that they are of the chain, by start.
    public let spans: [SpanData]
    /// The attempts of its jobs, by start.
    public let attempts: [Attempt]
    /// What its jobs waited for, by start.
    public let waits: [Wait]
    /// The span that tells of the chain as a whole; `nil` while it has not ended.
    public let ending: SpanData?

    init?(id: String, of all: [SpanData]) {
        let ofChain = all.compactMap(QueueSpan.init).filter { $0.chainID == id }
            .sorted { ($0.data.start, $0.data.end) < ($1.data.start, $1.data.end) }
        guard !ofChain.isEmpty else { return nil }
        self.id = id
        type = ofChain.lazy.compactMap(\.chainType).first ?? ""
        spans = ofChain.map(\.data)
        ending = ofChain.first { $0.operation == "chain" && $0.data.kind == .internal }?.data
        let attempts = ofChain.filter(\.isAttempt)
        self.attempts = attempts.map(Attempt.init)
        waits = attempts.flatMap { Self.waits(before: $0, ofChain) }
    }

    /// What the attempt says it waited for, which ends where the attempt begins.
    private static func waits(before attempt: QueueSpan, _ ofChain: [QueueSpan]) -> [Wait] {
        let kinds: [WaitKind] = [.queue, .backoff, .schedule, .blocked]
        var end = attempt.data.start
        var waits: [Wait] = []
        for kind in kinds {
            guard let duration = attempt.duration("queuert.job.wait.\(kind.rawValue)_s"), duration > .zero else {
                continue
            }
            let start = end &- UInt64(max(0, duration / .nanoseconds(1)))
            let telling = ofChain.filter { span in
                ["wait", "await"].contains(span.operation) && span.jobID == attempt.jobID
                    && span.text("queuert.wait.type") == kind.rawValue && span.data.end <= attempt.data.start
            }
            waits.append(
                Wait(
                    kind: kind, jobID: attempt.jobID ?? "", jobType: attempt.jobType ?? "",
                    attempt: Int(attempt.attempt ?? 0), start: start, end: end,
                    span: telling.max { $0.data.end < $1.data.end }?.data))
            end = start
        }
        return waits.reversed()
    }

    /// How long the chain took from its creation to its end; `nil` while it has not ended.
    public var duration: Duration? { ending?.duration }

    /// What the chain's time was spent with, from its creation to its end, without a gap.
    ///
    /// A chain does one thing after the other, so all of it is critical. Of what overlaps, as a lost attempt may with
    /// the next, the earlier counts. What goes on after the chain's end, as the last attempt does until its worker has
    /// heard of the commit, is no part of it.
    public var criticalPath: [Segment] {
        let parts =
            waits.map {
                Segment(activity: .waiting($0.kind), jobType: $0.jobType, span: $0.span, start: $0.start, end: $0.end)
            }
            + attempts.map {
                Segment(
                    activity: .running, jobType: $0.jobType, span: $0.span, start: $0.span.start, end: $0.span.end)
            }
        let inOrder = parts.sorted { ($0.start, $0.end) < ($1.start, $1.end) }
        guard var time = ending?.start ?? inOrder.first?.start else { return [] }
        let last = ending?.end ?? .max
        var path: [Segment] = []
        func add(_ part: Segment) {
            guard part.start < last else { return }
            if part.start > time {
                path.append(Segment(activity: .unknown, jobType: nil, span: nil, start: time, end: part.start))
                time = part.start
            }
            let end = min(part.end, last)
            guard end > time else { return }
            path.append(
                Segment(activity: part.activity, jobType: part.jobType, span: part.span, start: time, end: end))
            time = end
        }
        inOrder.forEach(add)
        if let end = ending?.end, end > time {
            path.append(Segment(activity: .unknown, jobType: nil, span: nil, start: time, end: end))
        }
        return path
    }
}

extension ChainTrace.Attempt {
    fileprivate init(_ span: QueueSpan) {
        self.span = span.data
        jobID = span.jobID ?? ""
        jobType = span.jobType ?? ""
        number = Int(span.attempt ?? 0)
        result = span.result ?? ""
        errorType = span.text("error.type")
    }
}
