/// The queue's statements on a ``MemoryStateAdapter``.
public final class MemoryStateOperations: StateOperations {
    let store = MemoryStore()
    private let clock: any QueueClock

    init(clock: any QueueClock) { self.clock = clock }

    var now: Timestamp { clock.now }

    /// Writes jobs, the first of new chains, with what they wait for.
    ///
    /// - Parameter jobs: The jobs.
    /// - Returns: What came of each, in the order of the jobs.
    /// - Throws: ``ChainNotFoundError`` if a blocker doesn't exist, ``ChainCancelledError`` if it was cancelled,
    ///   ``JobTypeMismatchError`` if it started with another type, or ``DuplicateJobIDError`` if there is a job with an
    ///   identifier already. Then nothing is written.
    public func insertJobs(_ jobs: [NewJob]) throws -> [InsertedJob] {
        let now = now
        return try whole {
            try jobs.map { job in
                if let existing = existingChain(insteadOf: job, at: now) {
                    return InsertedJob(row: existing.first, isExisting: true)
                }
                return InsertedJob(row: try insert(job, at: now))
            }
        }
    }

    /// Runs a body, and undoes what it wrote if it throws.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func whole<R>(_ body: () throws -> R) throws -> R {
        let count = store.changeCount
        do {
            return try body()
        } catch {
            store.undo(to: count)
            throw error
        }
    }

    private func existingChain(insteadOf job: NewJob, at now: Timestamp) -> ChainEnds? {
        guard let rule = job.deduplication else { return nil }
        let key = DeduplicationKey(chainTypeName: job.chainTypeName, key: rule.key)
        guard let ends = store.deduplication[key].flatMap(ends(ofChain:)), rule.matches(ends, at: now) else {
            return nil
        }
        return ends
    }

    func insert(_ job: NewJob, at now: Timestamp) throws -> JobRow {
        guard store.jobs[job.id] == nil else { throw DuplicateJobIDError(id: job.id) }
        let blockers = StoredBlockers(try job.blockers.map { try blocker($0, at: now) })
        let isBlocked = blockers.openCount > 0
        let row = JobRow(
            id: job.id, typeName: job.typeName, chainID: job.chainID, chainTypeName: job.chainTypeName,
            chainIndex: job.chainIndex, input: job.input, createdAt: now, scheduledAt: job.schedule.dueTime(at: now),
            priority: job.priority, readyAt: isBlocked ? nil : now, hasOpenBlockers: isBlocked, trace: job.trace)
        store.insert(row, deduplicationKey: job.deduplication?.key)
        if !job.blockers.isEmpty { store.setBlockers(blockers, of: job.id) }
        if let rule = job.deduplication {
            store.setChain(job.chainID, for: DeduplicationKey(chainTypeName: job.chainTypeName, key: rule.key))
        }
        return row
    }

    private func blocker(_ blocker: NewJob.Blocker, at now: Timestamp) throws -> StoredBlocker {
        guard let last = lastJob(ofChain: blocker.chainID) else { throw ChainNotFoundError(chainID: blocker.chainID) }
        if let expected = blocker.chainTypeName, expected != last.chainTypeName {
            throw JobTypeMismatchError(chainID: blocker.chainID, expected: expected, actual: last.chainTypeName)
        }
        if last.cancelledAt != nil { throw ChainCancelledError(chainID: blocker.chainID) }
        return StoredBlocker(
            chainID: blocker.chainID, traceContext: blocker.traceContext, blockedAt: now,
            resolvedAt: last.completedAt == nil ? nil : now)
    }

    // MARK: Looking

    func row(_ id: JobID) -> JobRow? { store.jobs[id]?.row }

    func lastJob(ofChain chainID: JobID) -> JobRow? { store.chains[chainID]?.last.flatMap(row) }

    func ends(ofChain chainID: JobID) -> ChainEnds? {
        guard let first = row(chainID), let last = lastJob(ofChain: chainID) else { return nil }
        return ChainEnds(first: first, last: last)
    }

    /// A job with what an attempt at it is told.
    func claimed(_ row: JobRow, previousAttemptContext: String?, withBlockers: Bool = true) -> ClaimedJob {
        ClaimedJob(
            row: row, previousAttemptContext: previousAttemptContext,
            blockers: withBlockers ? claimedBlockers(of: row.id) : [])
    }

    /// A job that is looked at while an attempt may be running.
    func claimed(_ row: JobRow) -> ClaimedJob {
        claimed(row, previousAttemptContext: store.attempts[row.id]?.last?.attemptContext)
    }

    private func claimedBlockers(of jobID: JobID) -> [ClaimedBlocker] {
        (store.blockers[jobID]?.list ?? []).compactMap { blocker in
            guard let chain = blocker.flatMap({ ends(ofChain: $0.chainID) }), let output = chain.last.output else {
                return nil
            }
            return ClaimedBlocker(
                chainID: chain.first.id, chainTypeName: chain.first.typeName, output: output,
                chainStartContext: chain.first.trace.jobContext)
        }
    }
}
