public import Queuert

extension SQLiteStateOperations {
    /// Takes jobs that are due and leases them to a worker, except those of paused types.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, the most urgent first, and when the next one is due.
    /// - Throws: ``SQLiteError``.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        let now = clock.now
        let types = SQLiteValue(list: request.typeNames)
        guard request.limit > 0, !request.typeNames.isEmpty else { return ClaimResult(jobs: []) }
        let typeNames = try typesToClaim(request, types, at: now)
        var slots = ClaimSlots(limit: request.limit, batchSizes: request.batchSizes)
        let leases = NewLeases(request, at: now)
        let ready =
            typeNames.count == 1
            ? try readyJobs(of: typeNames[0], slots: &slots, leases)
            : try mostUrgentJobs(of: typeNames, slots: &slots, leases)
        let claimed = try write(leases, of: ready, request)
        return ClaimResult(jobs: claimed, nextDueIn: slots.isFull ? nil : try nextDueIn(types, at: now))
    }

    /// How many jobs of a type are put in line at once, when they become due, so that no claim takes long.
    private static var dueJobsAtOnce: Int { 1000 }

    /// The types of a request that are not paused, with all jobs in line that became due.
    private func typesToClaim(_ request: ClaimRequest, _ types: SQLiteValue, at now: Timestamp) throws -> [String] {
        let marked = try connection.all(statements.claim.dueAndPausedTypes, [types, SQLiteValue(now)]) { row in
            (typeName: row.text(0), isDue: row.int64(1) != 0)
        }
        if marked.isEmpty { return request.typeNames.uniqued() }
        let paused = Set(marked.filter { !$0.isDue }.map(\.typeName))
        let due = Set(marked.filter { $0.isDue }.map(\.typeName))
        let limit = max(Self.dueJobsAtOnce, request.limit)
        for typeName in due.subtracting(paused) {
            let rows = try connection.all(
                statements.claim.dueJobs, [.text(typeName), SQLiteValue(now), .integer(Int64(limit))]
            ) { $0.int64(0) }
            for rowID in rows { try connection.run(statements.claim.makeReady, [.integer(rowID)]) }
        }
        return request.typeNames.uniqued().filter { !paused.contains($0) }
    }

    /// The first jobs in line of one type.
    private func readyJobs(
        of typeName: String, slots: inout ClaimSlots, _ leases: NewLeases
    ) throws -> [LeasedJob] {
        try connection.use(statements.claim.readyJobs) { statement in
            statement.bind(text: typeName, at: 1)
            var jobs: [LeasedJob] = []
            while slots.hasPlace(for: typeName), try statement.step(), slots.take(typeName) {
                jobs.append(statement.leasedJob(typeName, leases))
            }
            return jobs
        }
    }

    /// The first jobs in line of several types.
    ///
    /// Each type is a line of its own, of which no more is looked at than is taken, and one: over several types at once SQLite
    /// would sort all that waits.
    private func mostUrgentJobs(
        of typeNames: [String], slots: inout ClaimSlots, _ leases: NewLeases
    ) throws -> [LeasedJob] {
        var taken: [(rowID: Int64, typeName: String)] = []
        try connection.use(statements.claim.readyHeads, slots: typeNames.count) { lines in
            var ranks: [Int64?] = []
            for (line, typeName) in zip(lines, typeNames) {
                line.bind(text: typeName, at: 1)
                ranks.append(try line.step() ? line.int64(0) : nil)
            }
            func isAhead(_ left: Int, of right: Int) -> Bool {
                guard let rank = ranks[left], let other = ranks[right] else { return ranks[left] != nil }
                return rank == other ? lines[left].text(1) < lines[right].text(1) : rank < other
            }
            while let first = ranks.indices.min(by: { isAhead($0, of: $1) }), ranks[first] != nil {
                guard slots.take(typeNames[first]) else {
                    ranks[first] = nil
                    continue
                }
                taken.append((lines[first].int64(2), typeNames[first]))
                ranks[first] = try lines[first].step() ? lines[first].int64(0) : nil
            }
        }
        return try taken.compactMap { job in
            try connection.first(statements.claim.readyJob, [.integer(job.rowID)]) {
                $0.leasedJob(job.typeName, leases)
            }
        }
    }

    private func write(
        _ leases: NewLeases, of jobs: [LeasedJob], _ request: ClaimRequest
    ) throws -> [ClaimedJob] {
        try connection.use(statements.claim.lease) { statement in
            // What all have in common is bound once.
            statement.bind(leases.start.microseconds, at: 3)
            statement.bind(text: leases.worker, at: 4)
            statement.bind(leases.end.microseconds, at: 6)
            return try jobs.map { job in
                let row = job.row
                statement.bind(job.rowID, at: 1)
                statement.bind(Int64(row.attempt), at: 2)
                statement.bind(row.leaseToken, at: 5)
                _ = try statement.step()
                statement.reset()
                let blockers = request.typesWithBlockers.contains(row.typeName) ? try claimedBlockers(of: row.id) : []
                return ClaimedJob(row: row, previousAttemptContext: job.previousContext, blockers: blockers)
            }
        }
    }

    /// Looks whether there is anything to claim, without writing.
    ///
    /// - Parameter typeNames: The types that the worker processes.
    /// - Returns: How long until the next job of these types, paused ones left out, is due.
    /// - Throws: ``SQLiteError``.
    public func nextClaimableIn(typeNames: [String]) throws -> Duration? {
        try nextDueIn(SQLiteValue(list: typeNames), at: clock.now)
    }

    private func nextDueIn(_ types: SQLiteValue, at now: Timestamp) throws -> Duration? {
        let next = try connection.first(statements.claim.nextDue, [types]) { $0.optionalTime(0) } ?? nil
        return next.map { max(.zero, $0 - now) }
    }

    // MARK: What an attempt is told

    func claimedBlockers(of jobID: JobID) throws -> [ClaimedBlocker] {
        try connection.all(statements.claim.blockers, [SQLiteValue(jobID)]) { row in
            ClaimedBlocker(
                chainID: row.jobID(0), chainTypeName: row.text(1), output: row.text(2),
                chainStartContext: row.optionalText(3))
        }
    }

    /// A job that is looked at while an attempt may be running.
    func claimed(_ row: JobRow) throws -> ClaimedJob {
        let previous = try connection.first(statements.claim.previousContext, [SQLiteValue(row.id)]) {
            $0.optionalText(0)
        }
        return ClaimedJob(row: row, previousAttemptContext: previous ?? nil, blockers: try claimedBlockers(of: row.id))
    }

    // MARK: Leases

    /// Prolongs leases.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged; the others are lost.
    /// - Throws: ``SQLiteError``.
    public func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease> {
        if leases.isEmpty { return [] }
        let values = [SQLiteValue(leases: leases), SQLiteValue(clock.now + duration)]
        return Set(
            try connection.all(statements.claim.renew, values) { Lease(jobID: $0.jobID(0), token: $0.int64(1)) })
    }

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs, the longest overdue first.
    /// - Throws: ``SQLiteError``.
    public func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob] {
        let values = [SQLiteValue(clock.now), SQLiteValue(list: typeNames), .integer(Int64(limit))]
        return try connection.all(statements.claim.expired, values) { $0.job() }.map(claimed)
    }
}

/// The leases of one claim.
private struct NewLeases {
    let worker: String
    let start: Timestamp
    let end: Timestamp

    init(_ request: ClaimRequest, at now: Timestamp) {
        worker = request.worker
        start = now
        end = now + request.leaseDuration
    }
}

/// A job with the lease that it is about to get.
private struct LeasedJob {
    let rowID: Int64
    let row: JobRow
    /// The context of the attempt before.
    let previousContext: String?
}

extension SQLiteStatement {
    /// A job of a claim: what is not read is known of a job that is ready.
    fileprivate func leasedJob(_ typeName: String, _ leases: NewLeases) -> LeasedJob {
        let id = jobID(1)
        let chainIndex = Int(int64(2))
        let jobContext = optionalText(14)
        let row = JobRow(
            id: id, typeName: typeName, chainID: chainIndex == 0 ? id : jobID(3),
            chainTypeName: chainIndex == 0 ? typeName : text(4), chainIndex: chainIndex, input: text(5),
            createdAt: time(6), scheduledAt: time(7), priority: Priority(Int(int64(8))), readyAt: optionalTime(9),
            attempt: Int(int64(10)) + 1, lastAttemptAt: leases.start, lastAttemptError: optionalText(11),
            leasedBy: leases.worker, leaseToken: int64(12) + 1, leasedUntil: leases.end, hasOpenBlockers: false,
            trace: JobTraceColumns(
                chainContext: optionalText(13, mostly: jobContext), jobContext: jobContext,
                carrier: optionalText(16), segment: optionalText(17)))
        return LeasedJob(rowID: int64(0), row: row, previousContext: optionalText(15))
    }
}

extension Sequence where Element: Hashable {
    /// The elements, each once, in the order in which they come first.
    func uniqued() -> [Element] {
        var known: Set<Element> = []
        return filter { known.insert($0).inserted }
    }
}
