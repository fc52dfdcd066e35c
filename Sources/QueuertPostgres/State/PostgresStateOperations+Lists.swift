public import Queuert

extension PostgresStateOperations {
    /// Lists chains, a page at a time.
    ///
    /// - Parameter query: Which chains, and in which order.
    /// - Returns: The ends of the chains, and where to go on.
    /// - Throws: ``Queuert/InvalidCursorError``, or ``PostgresError``.
    public func chains(_ query: ChainQuery) throws -> Page<ChainEnds> {
        var list = PostgresList(.chains, statements.tables, order: query.order, limit: query.limit)
        try list.add(after: query.after)
        list.add(typeNames: query.typeNames)
        if let ids = query.chainIDs {
            list.addSource({ $0.add(lookedFor: ids, idType) }) { "j.id = ANY (\($0))" }
        }
        if let statuses = query.statuses {
            if query.chainIDs == nil, let few = try fewJobs(statuses, column: "c.chain_id") {
                list.addSource("j.id IN (\(few))")
            }
            list.add(statuses: statuses, of: "last", at: try now())
        }
        if query.onlyRoots {
            list.add("NOT EXISTS (SELECT FROM \(statements.tables.blocker) b WHERE b.blocked_by_chain_id = j.id)")
        }
        list.add(createdFrom: query.createdFrom, before: query.createdBefore)
        let rows = try session.run(list.query(), list.parameters).rows.map { row in
            let ends = ends(row, from: 1)
            return (ends.first.createdAt, row.int64(0), ends)
        }
        return list.page(rows)
    }

    /// Lists jobs, a page at a time.
    ///
    /// - Parameter query: Which jobs, and in which order.
    /// - Returns: The jobs, and where to go on.
    /// - Throws: ``Queuert/InvalidCursorError``, or ``PostgresError``.
    public func jobs(_ query: JobQuery) throws -> Page<JobRow> {
        var list = PostgresList(.jobs, statements.tables, order: query.order, limit: query.limit)
        try list.add(after: query.after)
        list.add(typeNames: query.typeNames)
        if let ids = query.jobIDs { list.addSource({ $0.add(lookedFor: ids, idType) }) { "j.id = ANY (\($0))" } }
        if let ids = query.chainIDs {
            list.addSource({ $0.add(lookedFor: ids, idType) }) { "j.chain_id = ANY (\($0))" }
        }
        if let chainID = query.waitingForChain {
            let blocker = statements.tables.blocker
            list.addSource({ $0.add(lookedFor: chainID, idType) }) {
                "j.id IN (SELECT b.job_id FROM \(blocker) b WHERE b.blocked_by_chain_id = \($0))"
            }
        }
        var hasSource = query.jobIDs != nil || query.chainIDs != nil || query.waitingForChain != nil
        if let statuses = query.statuses {
            if !hasSource, let few = try fewJobs(statuses, column: "c.id") {
                list.addSource("j.id IN (\(few))")
                hasSource = true
            }
            list.add(statuses: statuses, of: "j", at: try now())
        }
        if let types = query.chainTypeNames?.map({ Optional($0) }) {
            if !hasSource, try areFewJobs(ofTypes: types) {
                let first = "FROM \(statements.tables.all) first WHERE first.chain_index = 0"
                // As an array, for which an index is used whatever is known of the table.
                list.addSource({ $0.add(types) }) {
                    "j.chain_id = ANY (ARRAY(SELECT first.id \(first) AND first.type_name = ANY (\($0))))"
                }
            } else {
                list.add({ $0.add(types) }) { "j.chain_type_name = ANY (\($0))" }
            }
        }
        list.add(createdFrom: query.createdFrom, before: query.createdBefore)
        let rows = try session.run(list.query(), list.parameters).rows.map { row in
            let job = row.job(idType, from: 1)
            return (job.createdAt, row.int64(0), job)
        }
        return list.page(rows)
    }

    private func fewJobs(_ statuses: Set<JobStatus>, column: String) throws -> String? {
        guard let jobs = PostgresList.candidates(statuses, column: column, statements.tables),
            let counted = PostgresList.candidates(statuses, column: "1", statements.tables)
        else { return nil }
        return try areFew(counted) ? jobs : nil
    }

    // Chains are of the type of their first job. What is counted is all jobs of the types, which the index knows.
    private func areFewJobs(ofTypes typeNames: [String?]) throws -> Bool {
        var parameters = PostgresParameters()
        parameters.add(typeNames)
        return try areFew("SELECT 1 FROM \(statements.tables.all) c WHERE c.type_name = ANY ($1)", parameters)
    }

    private func areFew(_ jobs: String, _ parameters: PostgresParameters = PostgresParameters()) throws -> Bool {
        let (minimum, share) = (listReach.minimum, max(1, listReach.share))
        let isFew = PostgresQuery(
            """
            WITH reach (few) AS (SELECT greatest(\(minimum), (\(statements.tables.estimatedJobCount)) / \(share)))
            SELECT count(*) <= (SELECT few FROM reach)
            FROM (SELECT * FROM (\(jobs)) c LIMIT (SELECT few + 1 FROM reach)) n
            """, isPrepared: false)
        return try session.run(isFew, parameters)[0].bool(0)
    }

    // MARK: Cleanup

    /// Deletes chains that ended long ago, as far as no job that has not ended waited for them.
    ///
    /// - Parameter request: Which chains, and how many at once.
    /// - Returns: How many were deleted, and where to go on.
    /// - Throws: ``Queuert/InvalidCursorError``, or ``PostgresError``.
    public func cleanUp(_ request: CleanupRequest) throws -> CleanupResult {
        try cleanUp(request, in: statements.tables.all)
    }

    /// Deletes chains whose first jobs are in a table.
    func cleanUp(_ request: CleanupRequest, in jobs: String) throws -> CleanupResult {
        try session.whole { try deleteOld(request, in: jobs) }
    }

    private func deleteOld(_ request: CleanupRequest, in jobs: String) throws -> CleanupResult {
        let now = try now()
        let endedBefore = now + .microseconds(-request.olderThan.postgresMicroseconds)
        var list = PostgresList(.chains, statements.tables, in: jobs, limit: max(1, request.limit))
        try list.add(after: request.after)
        list.add(typeNames: request.chainTypeNames)
        // A chain that ended by then was created by then.
        list.add(createdFrom: nil, before: endedBefore + .microseconds(1))
        func isOld(_ last: JobRow) -> Bool {
            guard let endedAt = last.completedAt ?? last.cancelledAt ?? last.failedAt else { return false }
            return request.statuses.contains(last.status(at: now)) && endedAt <= endedBefore
        }
        let rows = try session.run(list.query(), list.parameters).rows.map { row in
            let ends = ends(row, from: 1)
            return (ends.first.createdAt, row.int64(0), (id: ends.first.id, isOld: isOld(ends.last)))
        }
        let page = list.page(rows)
        // Some may have been redriven until they were locked.
        let lasts = try lockedLastJobs(ofLocked: lock(chains: page.items.filter(\.isOld).map(\.id)))
        // In the order of creation: what needed a chain that is deleted too does not keep it.
        let old = page.items.map(\.id).filter { lasts[$0].map { isOld($0.row) } ?? false }
        let needs = Dictionary(grouping: try needs(for: old), by: \.chainID)
        var deleted: Set<JobID> = []
        for id in old where needs[id]?.allSatisfy({ deleted.contains($0.jobChainID) }) ?? true { deleted.insert(id) }
        try delete(old.filter(deleted.contains))
        return CleanupResult(deleted: deleted.count, kept: old.count - deleted.count, next: page.next)
    }
}
