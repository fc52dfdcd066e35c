/// The tables of a ``MemoryStateAdapter``, and how to undo what the open transaction did.
///
/// Belongs to one connection and is used only there. All that changes a table is written down, so that it can be undone;
/// indexes follow from the tables.
final class MemoryStore {
    private enum Change {
        case job(JobID, before: StoredJob?)
        case blockers(JobID, before: StoredBlockers?)
        case resolved(JobID, ordinal: Int)
        case forgotten(JobID, ordinal: Int, StoredBlocker)
        case addedAttempt(JobID)
        case removedAttempts(JobID, [AttemptRow])
        case deduplication(DeduplicationKey, before: JobID?)
        case paused(String, before: Timestamp?)
        case keptTelemetry
        case removedTelemetry(before: [StoredTelemetry])
        case telemetryLeader(before: TelemetryLeader?)
    }

    private(set) var jobs: [JobID: StoredJob] = [:]
    private(set) var blockers: [JobID: StoredBlockers] = [:]
    private(set) var attempts: [JobID: [AttemptRow]] = [:]
    /// The chain that was started with a key last.
    private(set) var deduplication: [DeduplicationKey: JobID] = [:]
    /// Since when types are paused.
    private(set) var paused: [String: Timestamp] = [:]
    /// The outbox, the oldest message first.
    private(set) var telemetry: [StoredTelemetry] = []
    private(set) var telemetryLeader: TelemetryLeader?

    // What follows from the tables.
    private(set) var indexes = MemoryIndexes()
    /// The jobs of each chain, in order.
    private(set) var chains: [JobID: [JobID]] = [:]
    /// The waits for each chain, over or not.
    private(set) var waits: [JobID: SortedSet<WaitKey>] = [:]

    private var lastSequence: Int64 = 0
    private var lastTelemetryID: Int64 = 0
    private var changes: [Change] = []

    // MARK: Jobs

    func insert(_ row: JobRow, deduplicationKey: String?) {
        lastSequence += 1
        replace(row.id, with: StoredJob(row: row, sequence: lastSequence, deduplicationKey: deduplicationKey))
    }

    func update(_ row: JobRow) {
        guard var stored = jobs[row.id] else { return }
        stored.row = row
        replace(row.id, with: stored)
    }

    /// Removes a job; those of a chain from the last to the first.
    func removeJob(_ id: JobID) { replace(id, with: nil) }

    private func replace(_ id: JobID, with stored: StoredJob?) {
        changes.append(.job(id, before: store(stored, as: id)))
    }

    /// Returns the job as it was before.
    @discardableResult
    private func store(_ stored: StoredJob?, as id: JobID) -> StoredJob? {
        let before = stored.map { jobs.updateValue($0, forKey: id) } ?? jobs.removeValue(forKey: id)
        guard let job = stored ?? before else { return nil }
        if before == nil { chains[job.row.chainID, default: []].append(id) }
        indexes.replace(before, with: stored) { [jobs] in
            job.row.chainIndex == 0 ? job.key : jobs[job.row.chainID]?.key ?? job.key
        }
        if stored == nil {
            chains[job.row.chainID]?.removeLast()
            if chains[job.row.chainID]?.isEmpty == true { chains[job.row.chainID] = nil }
        }
        return before
    }

    // MARK: Blockers

    /// Writes what a job waits for, or removes it.
    func setBlockers(_ list: StoredBlockers?, of id: JobID) {
        changes.append(.blockers(id, before: blockers[id]))
        store(list, ofJob: id)
    }

    func resolve(_ ordinal: Int, of id: JobID, at now: Timestamp) {
        changes.append(.resolved(id, ordinal: ordinal))
        setResolved(ordinal, of: id, at: now)
    }

    /// Removes the waits for a chain that is deleted.
    func forgetWaits(for chainID: JobID) {
        for wait in waits.removeValue(forKey: chainID)?.ascending().map({ $0 }) ?? [] {
            guard let blocker = blockers[wait.job.id]?.list[wait.ordinal] else { continue }
            changes.append(.forgotten(wait.job.id, ordinal: wait.ordinal, blocker))
            setBlocker(nil, at: wait.ordinal, of: wait.job.id)
        }
    }

    private func store(_ list: StoredBlockers?, ofJob id: JobID) {
        guard let job = jobs[id]?.key else { return }
        for (ordinal, blocker) in (blockers[id]?.list ?? []).enumerated() {
            guard let chainID = blocker?.chainID else { continue }
            waits[chainID]?.remove(WaitKey(job: job, ordinal: ordinal))
            if waits[chainID]?.isEmpty == true { waits[chainID] = nil }
        }
        blockers[id] = list
        for (ordinal, blocker) in (list?.list ?? []).enumerated() {
            guard let chainID = blocker?.chainID else { continue }
            waits[chainID, default: SortedSet()].insert(WaitKey(job: job, ordinal: ordinal))
        }
    }

    private func setResolved(_ ordinal: Int, of id: JobID, at moment: Timestamp?) {
        blockers[id]?.list[ordinal]?.resolvedAt = moment
        blockers[id]?.openCount += moment == nil ? 1 : -1
    }

    private func setBlocker(_ blocker: StoredBlocker?, at ordinal: Int, of id: JobID) {
        let other = blocker ?? blockers[id]?.list[ordinal]
        blockers[id]?.list[ordinal] = blocker
        guard let other, other.resolvedAt == nil else { return }
        blockers[id]?.openCount += blocker == nil ? -1 : 1
    }

    // MARK: Other tables

    func append(_ attempt: AttemptRow) {
        changes.append(.addedAttempt(attempt.jobID))
        attempts[attempt.jobID, default: []].append(attempt)
    }

    func removeAttempts(of id: JobID) {
        guard let removed = attempts.removeValue(forKey: id) else { return }
        changes.append(.removedAttempts(id, removed))
    }

    func setChain(_ chainID: JobID?, for key: DeduplicationKey) {
        changes.append(.deduplication(key, before: deduplication[key]))
        deduplication[key] = chainID
    }

    func setPaused(_ typeName: String, since moment: Timestamp?) {
        changes.append(.paused(typeName, before: paused[typeName]))
        paused[typeName] = moment
    }

    func keep(_ message: TelemetryMessage, at now: Timestamp) {
        lastTelemetryID += 1
        changes.append(.keptTelemetry)
        telemetry.append(StoredTelemetry(kept: KeptTelemetry(id: lastTelemetryID, message: message), keptAt: now))
    }

    /// Removes messages of the outbox.
    ///
    /// - Returns: How many items they held.
    func removeTelemetry(_ isRemoved: (StoredTelemetry) -> Bool) -> Int {
        let removed = telemetry.filter(isRemoved)
        if removed.isEmpty { return 0 }
        changes.append(.removedTelemetry(before: telemetry))
        telemetry.removeAll(where: isRemoved)
        return removed.reduce(0) { $0 + $1.kept.message.itemCount }
    }

    func setTelemetryLeader(_ leader: TelemetryLeader?) {
        changes.append(.telemetryLeader(before: telemetryLeader))
        telemetryLeader = leader
    }

    /// Brings the indexes of types up to date with the clock.
    func makeReady(_ typeNames: some Sequence<String>, at now: Timestamp) {
        for typeName in typeNames {
            indexes.makeReady(typeName, at: now) { [jobs] id in (jobs[id]?.row).map(MomentKey.rank(of:)) }
        }
    }

    // MARK: Transactions

    /// How much can be undone so far.
    var changeCount: Int { changes.count }

    func forgetUndo() { changes.removeAll(keepingCapacity: true) }

    /// Undoes what was done since there were so many changes.
    func undo(to count: Int = 0) {
        while changes.count > count {
            switch changes.removeLast() {
            case .job(let id, let before): store(before, as: id)
            case .blockers(let id, let before): store(before, ofJob: id)
            case .resolved(let id, let ordinal): setResolved(ordinal, of: id, at: nil)
            case .forgotten(let id, let ordinal, let blocker):
                setBlocker(blocker, at: ordinal, of: id)
                if let job = jobs[id]?.key {
                    waits[blocker.chainID, default: SortedSet()].insert(WaitKey(job: job, ordinal: ordinal))
                }
            case .addedAttempt(let id):
                attempts[id]?.removeLast()
                if attempts[id]?.isEmpty == true { attempts[id] = nil }
            case .removedAttempts(let id, let removed): attempts[id] = removed
            case .deduplication(let key, let before): deduplication[key] = before
            case .paused(let typeName, let before): paused[typeName] = before
            case .keptTelemetry: telemetry.removeLast()
            case .removedTelemetry(let before): telemetry = before
            case .telemetryLeader(let before): telemetryLeader = before
            }
        }
    }
}
