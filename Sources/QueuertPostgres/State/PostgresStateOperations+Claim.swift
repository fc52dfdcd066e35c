public import Queuert

extension PostgresStateOperations {
    /// Takes jobs that are due and leases them to a worker, except those of paused types.
    ///
    /// - Parameter request: Which jobs, how many, for whom.
    /// - Returns: The jobs, the most urgent first, and when the next one is due.
    /// - Throws: ``PostgresError``.
    public func claimJobs(_ request: ClaimRequest) throws -> ClaimResult {
        let typeNames = request.typeNames.uniqued()
        guard request.limit > 0, !typeNames.isEmpty else { return ClaimResult(jobs: []) }
        var parameters = parametersWithTime()
        parameters.add(typeNames.lazy.map { Optional($0) })
        parameters.add(typeNames.lazy.map { Int32(clamping: max(1, request.batchSizes[$0] ?? 1)) })
        parameters.add(Int32(clamping: request.limit))
        parameters.add(request.worker)
        parameters.add(request.leaseDuration.postgresMicroseconds)
        // Contexts that nobody stores any more.
        parameters.add([String?]())
        parameters.add(request.typesWithBlockers.lazy.map { Optional($0) })
        let line = bounds.claim(of: typeNames)
        let start = Timestamp(microseconds: .min)
        parameters.add(line.places.lazy.map { Optional($0?.rank ?? start) })
        parameters.add(lookedFor: line.places.map { $0?.id ?? idType.lowest }, idType)
        let result = try session.run(statements.claim.claim, parameters)
        var jobs: [ClaimedJob] = []
        jobs.reserveCapacity(result.rowCount)
        var nextDueIn: Duration?
        var dead = 0
        for row in result.rows {
            if row.isNull(0) {
                nextDueIn = row.optionalTime(25).map { max(.zero, $0 - row.time(11)) }
                dead = Int(row.int64(27))
            } else {
                jobs.append(claimedJob(row, worker: request.worker))
            }
        }
        let isFull = isFull(jobs, request)
        bounds.ended(line, dead: dead, leavesJobs: isFull || nextDueIn == .zero) { lastPlaces(in: result) }
        if isFull { return ClaimResult(jobs: jobs) }
        return ClaimResult(jobs: jobs, nextDueIn: [nextDueIn, line.wholeLookIn].compactMap(\.self).min())
    }

    /// Where the last job that was taken of each type was in line.
    private func lastPlaces(in result: PostgresResult) -> [String: ClaimBounds.Place] {
        var places: [String: ClaimBounds.Place] = [:]
        for row in result.rows where !row.isNull(0) {
            places[row.text(2)] = ClaimBounds.Place(rank: row.time(26), id: row.jobID(0, idType))
        }
        return places
    }

    private func isFull(_ jobs: [ClaimedJob], _ request: ClaimRequest) -> Bool {
        if request.batchSizes.isEmpty { return jobs.count >= request.limit }
        var slots = ClaimSlots(limit: request.limit, batchSizes: request.batchSizes)
        for job in jobs { _ = slots.take(job.row.typeName) }
        return slots.isFull
    }

    /// A row of a claim; what is not read is known of a job that was just claimed.
    private func claimedJob(_ row: PostgresResult.Row, worker: String) -> ClaimedJob {
        let id = row.jobID(0, idType)
        let chainIndex = Int(row.int32(1))
        let typeName = row.text(2)
        return ClaimedJob(
            row: JobRow(
                id: id, typeName: typeName, chainID: chainIndex == 0 ? id : row.jobID(3, idType),
                chainTypeName: chainIndex == 0 ? typeName : row.text(4), chainIndex: chainIndex, input: row.text(5),
                createdAt: row.time(6), scheduledAt: row.time(7), priority: Priority(Int(row.int32(8))),
                readyAt: row.optionalTime(9), attempt: Int(row.int32(10)), lastAttemptAt: row.time(11),
                lastAttemptError: row.optionalText(12), leasedBy: worker, leaseToken: row.int64(13),
                leasedUntil: row.time(14), hasOpenBlockers: false,
                trace: JobTraceColumns(
                    chainContext: row.optionalText(15), jobContext: row.optionalText(16),
                    carrier: row.optionalText(18), segment: row.optionalText(19))),
            previousAttemptContext: row.optionalText(20), blockers: row.claimedBlockers(from: 21))
    }

    /// Looks whether there is anything to claim, without writing.
    ///
    /// - Parameter typeNames: The types that the worker processes.
    /// - Returns: How long until the next job of these types, paused ones left out, is due.
    /// - Throws: ``PostgresError``.
    public func nextClaimableIn(typeNames: [String]) throws -> Duration? {
        var parameters = parametersWithTime()
        parameters.add(typeNames.lazy.map { Optional($0) })
        let row = try session.run(statements.claim.nextDue, parameters)[0]
        return row.optionalTime(1).map { max(.zero, $0 - row.time(0)) }
    }

    // MARK: Leases

    /// Prolongs leases.
    ///
    /// By itself it waits for an answer for a sixth of that time at most, or a second, and then tries once more on a
    /// further connection: so leases outlast a connection whose other end has gone without a word.
    ///
    /// - Parameters:
    ///   - leases: The leases.
    ///   - duration: How long they last from now on.
    /// - Returns: The leases that were prolonged, or whose end is just being written; the others are lost.
    /// - Throws: ``PostgresError``.
    public func renewLeases(_ leases: [Lease], for duration: Duration) throws -> Set<Lease> {
        if leases.isEmpty { return [] }
        var parameters = parametersWithTime()
        parameters.add(lookedFor: leases.lazy.map(\.jobID), idType)
        parameters.add(leases.lazy.map { Optional($0.token) })
        parameters.add(duration.postgresMicroseconds)
        let command = PostgresCommand(query: statements.claim.renew, parameters: parameters)
        let result = try session.runTwice(command, within: max(duration / 6, .seconds(1)))
        return Set(result.rows.map { Lease(jobID: $0.jobID(0, idType), token: $0.int64(1)) })
    }

    /// Finds jobs whose lease is over.
    ///
    /// - Parameters:
    ///   - typeNames: The types to look for.
    ///   - limit: How many at most.
    /// - Returns: The jobs, the longest overdue first.
    /// - Throws: ``PostgresError``.
    public func expiredLeases(typeNames: [String], limit: Int) throws -> [ClaimedJob] {
        var parameters = parametersWithTime()
        parameters.add(typeNames.lazy.map { Optional($0) })
        parameters.add(Int64(limit))
        return try session.run(statements.claim.expired, parameters).rows.map { $0.claimedJob(idType) }
    }
}

extension Sequence where Element: Hashable {
    /// The elements, each once, in the order in which they come first.
    func uniqued() -> [Element] {
        var known: Set<Element> = []
        return filter { known.insert($0).inserted }
    }
}
