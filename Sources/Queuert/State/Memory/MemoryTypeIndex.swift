/// The jobs of one type that have not ended, by what they do.
struct MemoryTypeIndex {
    /// Where a job is, as far as its row tells.
    enum Place: Equatable {
        case waiting(due: MomentKey, rank: MomentKey)
        case running(until: MomentKey)
        case blocked
        case failed
        case ended

        init(_ row: JobRow) {
            if row.isEnded {
                self = .ended
            } else if row.failedAt != nil {
                self = .failed
            } else if let until = row.leasedUntil {
                self = .running(until: MomentKey(microseconds: until.microseconds, id: row.id))
            } else if row.hasOpenBlockers {
                self = .blocked
            } else {
                self = .waiting(
                    due: MomentKey(microseconds: row.scheduledAt.microseconds, id: row.id),
                    rank: MomentKey.rank(of: row))
            }
        }
    }

    /// Jobs that wait for a worker or for their time, by when they are due.
    private(set) var waiting = SortedSet<MomentKey>()
    /// Those of them that are due, by rank.
    private(set) var ready = SortedSet<MomentKey>()
    /// Jobs that a worker has, by when their leases end.
    private(set) var running = SortedSet<MomentKey>()
    private(set) var blocked: Set<JobID> = []
    private(set) var failed: Set<JobID> = []
    /// What is due by then is in ``ready``.
    private var now = Timestamp(microseconds: .min)

    mutating func add(_ id: JobID, at place: Place) {
        switch place {
        case .waiting(let due, let rank):
            waiting.insert(due)
            if due.microseconds <= now.microseconds { ready.insert(rank) }
        case .running(let until): running.insert(until)
        case .blocked: blocked.insert(id)
        case .failed: failed.insert(id)
        case .ended: break
        }
    }

    mutating func remove(_ id: JobID, from place: Place) {
        switch place {
        case .waiting(let due, let rank):
            waiting.remove(due)
            if due.microseconds <= now.microseconds { ready.remove(rank) }
        case .running(let until): running.remove(until)
        case .blocked: blocked.remove(id)
        case .failed: failed.remove(id)
        case .ended: break
        }
    }

    /// Makes those jobs ready that became due, and those scheduled again that a clock which was set back makes wait.
    mutating func move(to moment: Timestamp, rank: (JobID) -> MomentKey?) {
        guard moment != now else { return }
        let (from, to) = (min(now, moment), max(now, moment))
        for due in waiting.ascending(after: Self.end(of: from)) {
            if due.microseconds > to.microseconds { break }
            guard let rank = rank(due.id) else { continue }
            if now < moment { ready.insert(rank) } else { ready.remove(rank) }
        }
        now = moment
    }

    /// How long until the next job is due: zero if one is; `nil` if there is none.
    func nextDueIn(at moment: Timestamp) -> Duration? {
        waiting.first.map { max(.zero, Timestamp(microseconds: $0.microseconds) - moment) }
    }

    func counts(at moment: Timestamp) -> JobCounts {
        JobCounts(
            ready: ready.count, scheduled: waiting.count - ready.count, blocked: blocked.count, running: running.count,
            overdue: running.ascending().prefix { $0.microseconds < moment.microseconds }.count, failed: failed.count,
            oldestReadyAt: ready.isEmpty ? nil : waiting.first.map { Timestamp(microseconds: $0.microseconds) })
    }

    private static func end(of moment: Timestamp) -> MomentKey {
        MomentKey(microseconds: moment.microseconds == .max ? .max : moment.microseconds + 1, id: JobID(rawValue: ""))
    }

    var isEmpty: Bool { waiting.isEmpty && running.isEmpty && blocked.isEmpty && failed.isEmpty }
}
