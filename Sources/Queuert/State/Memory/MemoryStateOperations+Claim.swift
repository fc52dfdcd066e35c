extension MemoryStateOperations {
    /// Takes jobs that are due and leases them to a worker, except those of paused types.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, the most urgent first, and when the next one is due.
    /// - Throws: Never.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        let now = now
        var claimed: [ClaimedJob] = []
        var slots = ClaimSlots(limit: request.limit, batchSizes: request.batchSizes)
        var typeNames = Set(request.typeNames).filter { store.paused[$0] == nil }
        store.makeReady(typeNames, at: now)
        while let row = firstReady(of: typeNames) {
            guard slots.take(row.typeName) else {
                typeNames.remove(row.typeName)
                continue
            }
            let leased = lease(row, to: request, at: now)
            claimed.append(
                self.claimed(
                    leased, previousAttemptContext: row.trace.attemptContext,
                    withBlockers: request.typesWithBlockers.contains(row.typeName)))
        }
        return ClaimResult(jobs: claimed, nextDueIn: slots.isFull ? nil : nextDueIn(typeNames, at: now))
    }

    private func firstReady(of typeNames: Set<String>) -> JobRow? {
        typeNames.compactMap { store.indexes.types[$0]?.ready.first }.min().flatMap { row($0.id) }
    }

    private func lease(_ row: JobRow, to request: ClaimRequest, at now: Timestamp) -> JobRow {
        var leased = row
        leased.attempt += 1
        leased.lastAttemptAt = now
        leased.leasedBy = request.worker
        leased.leaseToken += 1
        leased.leasedUntil = now + request.leaseDuration
        leased.trace.attemptContext = nil
        store.update(leased)
        return leased
    }

    /// Looks whether there is anything to claim.
    ///
    /// - Parameter typeNames: The types that the worker processes.
    /// - Returns: How long until the next job of these types, paused ones left out, is due.
    /// - Throws: Never.
    public func nextClaimableIn(typeNames: [String]) throws -> Duration? {
        nextDueIn(Set(typeNames).filter { store.paused[$0] == nil }, at: now)
    }

    private func nextDueIn(_ typeNames: Set<String>, at now: Timestamp) -> Duration? {
        typeNames.compactMap { store.indexes.types[$0]?.nextDueIn(at: now) }.min()
    }

    /// Prolongs leases.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged.
    /// - Throws: Never.
    public func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease> {
        let until = now + duration
        return Set(
            leases.filter { lease in
                guard var row = leasedJob(lease) else { return false }
                row.leasedUntil = until
                store.update(row)
                return true
            })
    }

    /// The job of a lease, if nobody else has it by now.
    func leasedJob(_ lease: Lease) -> JobRow? {
        guard let row = row(lease.jobID), row.leaseToken == lease.token, row.leasedUntil != nil else { return nil }
        return row
    }

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs, the longest overdue first.
    /// - Throws: Never.
    public func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob] {
        let now = now
        let expired = Set(typeNames).flatMap { typeName in
            (store.indexes.types[typeName]?.running ?? SortedSet()).ascending()
                .prefix { $0.microseconds < now.microseconds }.prefix(limit)
        }
        return expired.sorted().prefix(limit).compactMap { row($0.id) }.map { claimed($0) }
    }
}
