#if CommandLine
internal import Queuert

/// Why a job is not done: a word for programs, and a sentence.
struct JobExplanation: Sendable, Hashable {
    /// Why a job is not done.
    enum Reason: String, Sendable {
        case completed, cancelled, failed, running, leaseExpired, blocked, blockedForEver, stranded
        case scheduled, backingOff, rescheduled, typePaused, noWorker, waitingForWorker
    }
    let reason: Reason
    let sentence: String
    /// What may be done about it.
    let hint: String?

    private init(_ reason: Reason, _ sentence: String, _ hint: String? = nil) {
        self.reason = reason
        self.sentence = sentence
        self.hint = hint
    }

    /// Explains a job; of one that continued, where its chain is.
    init(of job: JobRow, _ chain: ChainEnds, _ situation: JobSituation) {
        guard situation.status[job] == .continued else {
            self = Self.explain(job, situation)
            return
        }
        let last = Self.explain(chain.last, situation)
        self.init(
            last.reason,
            "The job is done, and its chain is at job \(chain.last.id) (\(chain.last.typeName)): \(last.sentence)",
            last.hint)
    }

    private static func explain(_ job: JobRow, _ situation: JobSituation) -> JobExplanation {
        let now = situation.now
        switch situation.status[job] {
        case .continued, .completed:
            let by = job.completedBy.map { "Worker \($0) completed it" } ?? "It was completed without a worker,"
            return JobExplanation(.completed, "\(by) at \(time(job.completedAt, now)).")
        case .cancelled:
            return JobExplanation(.cancelled, "Its chain was cancelled at \(time(job.cancelledAt, now)).")
        case .failed:
            return JobExplanation(
                .failed,
                """
                It was tried \(times(job.attempt)), failed for the last time at \(time(job.failedAt, now)), and is not \
                tried again by itself.
                """, "Once the cause is gone: queuert redrive \(job.id.rawValue.shellWord)")
        case .running: return running(job, now)
        case .blocked: return blocked(job, situation)
        case .scheduled: return scheduled(job, situation)
        case .ready: return ready(job, situation)
        }
    }

    private static func running(_ job: JobRow, _ now: Timestamp) -> JobExplanation {
        let worker = job.leasedBy ?? ""
        if let until = job.leasedUntil, until < now {
            return JobExplanation(
                .leaseExpired,
                """
                Worker \(worker) had it and is gone or stuck: its lease ended at \(time(until, now)), and no other worker \
                has taken the job back.
                """, "A worker that processes the type “\(job.typeName)” does so; is one running?")
        }
        return JobExplanation(
            .running,
            """
            Worker \(worker) has run it since \(time(job.lastAttemptAt, now)), as attempt \(job.attempt); its lease is \
            prolonged while it does, for now until \(time(job.leasedUntil, now)).
            """)
    }

    private static func blocked(_ job: JobRow, _ situation: JobSituation) -> JobExplanation {
        let open = situation.blockers.filter { $0.resolvedAt == nil }
        let status = { (blocker: JobBlocker) in situation.status[blocker.chain.last] }
        guard let first = open.first else {
            return JobExplanation(
                .stranded, "It is marked as blocked, though all that it waited for has ended.",
                """
                A worker makes it ready when it starts, and now and then. Unless a row was changed by hand, this is a fault of \
                Queuert's: please report it.
                """)
        }
        let count = "\(open.count) of \(situation.blockers.count) chain\(situation.blockers.count == 1 ? "" : "s")"
        let dead = open.first { status($0) == .failed || status($0) == .cancelled }
        let shown = dead ?? first
        let chain = shown.chain.first
        let example = "chain \(chain.id) (\(chain.typeName)), which is \(status(shown).rawValue)"
        let sentence = "It waits for \(count)\(open.count == 1 ? ":" : ", among them") \(example)."
        guard let dead else {
            return JobExplanation(.blocked, sentence, "queuert why \(shown.chain.first.id.rawValue.shellWord)")
        }
        let word = dead.chain.first.id.rawValue.shellWord
        let hint =
            status(dead) == .failed
            ? "That chain goes on only if somebody asks for it: queuert redrive \(word)"
            : "That chain will not end. Cancel this job's chain, or complete the job without a worker."
        return JobExplanation(.blockedForEver, sentence, hint)
    }

    private static func scheduled(_ job: JobRow, _ situation: JobSituation) -> JobExplanation {
        let due = time(job.scheduledAt, situation.now)
        let hint = "To run it now: queuert trigger \(job.id.rawValue.shellWord)"
        switch situation.lastOutcome {
        case .failed, .lost:
            let end = situation.lastOutcome == .lost ? "lost its worker" : "failed"
            return JobExplanation(
                .backingOff, "Attempt \(job.attempt) \(end); it is tried again at \(due).", hint)
        case .rescheduled:
            return JobExplanation(.rescheduled, "Its handler asked to be called again at \(due).", hint)
        case .released, .cancelled, .superseded, nil:
            return JobExplanation(.scheduled, "It is due later, at \(due).", hint)
        }
    }

    private static func ready(_ job: JobRow, _ situation: JobSituation) -> JobExplanation {
        let due = whenDue(job, situation.now)
        if let since = situation.pausedSince {
            return JobExplanation(
                .typePaused, "\(due), and its type is paused, since \(time(since, situation.now)).",
                "`client.resume` lets workers have such jobs again.")
        }
        let others = max(0, situation.counts.ready - 1)
        let queue = "\(others) other\(others == 1 ? "" : "s") of its type \(others == 1 ? "is" : "are") ready too"
        if situation.counts.running == 0 {
            return JobExplanation(
                .noWorker, "\(due), and no worker runs any job of its type; \(queue).",
                "Is a worker running that processes the type “\(job.typeName)”?")
        }
        return JobExplanation(
            .waitingForWorker,
            "\(due), and waits for a worker that is free: \(situation.counts.running) of its type run, and \(queue).",
            "If that takes too long, raise the workers' concurrency or run more of them.")
    }

    private static func whenDue(_ job: JobRow, _ now: Timestamp) -> String {
        let moment = job.readyAt.map { max($0, job.scheduledAt) }
        // What got in line since the time was asked for is ahead of it too.
        let isAhead = moment.map { $0 > now + .seconds(1) } ?? false
        return isAhead
            ? "It was due at \(time(moment, now)) by a clock that was ahead"
            : "It has been due since \(time(moment, now))"
    }

    private static func time(_ moment: Timestamp?, _ now: Timestamp) -> String {
        moment.map { TimestampText.relative($0, to: now) } ?? "an unknown time"
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}
#endif
