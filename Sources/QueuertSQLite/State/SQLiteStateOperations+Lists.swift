public import Queuert

extension SQLiteStateOperations {
    /// Lists chains, a page at a time.
    ///
    /// - Parameter query: Which chains, and in which order.
    /// - Returns: The ends of the chains, and where to go on.
    /// - Throws: ``Queuert/InvalidCursorError``, or ``SQLiteError``.
    public func chains(_ query: ChainQuery) throws -> Page<ChainEnds> {
        let now = clock.now
        var list = SQLiteList(kind: .chains, order: query.order, limit: query.limit, after: query.after)
        list.typeNames = query.typeNames
        if let ids = query.chainIDs {
            list.source = Self.isIn("j.id", ids)
        } else if let few = try fewJobs(query.statuses, column: "chain_id", at: now) {
            list.source = SQLiteCondition("j.id IN (\(few.sql))", values: few.values)
        }
        if let statuses = query.statuses {
            list.conditions.append(statements.list.hasStatus(statuses, "last", at: now))
        }
        if query.onlyRoots {
            list.conditions.append(
                SQLiteCondition(
                    "NOT EXISTS (SELECT 1 FROM \(statements.tables.blocker) WHERE blocked_by_chain_id = j.id)"))
        }
        list.conditions += try created(from: query.createdFrom, before: query.createdBefore, list)
        let page = try list.page(statements.list, on: connection)
        return Page(items: try page.items.compactMap { try chainEnds($0.id) }, next: page.next)
    }

    /// Lists jobs, a page at a time.
    ///
    /// - Parameter query: Which jobs, and in which order.
    /// - Returns: The jobs, and where to go on.
    /// - Throws: ``Queuert/InvalidCursorError``, or ``SQLiteError``.
    public func jobs(_ query: JobQuery) throws -> Page<JobRow> {
        let now = clock.now
        var list = SQLiteList(kind: .jobs, order: query.order, limit: query.limit, after: query.after)
        list.typeNames = query.typeNames
        let waiting = query.waitingForChain.map { chainID in
            SQLiteCondition(
                "j.id IN (SELECT job_id FROM \(statements.tables.blocker) WHERE blocked_by_chain_id = ?)",
                SQLiteValue(chainID))
        }
        var sources = [
            query.jobIDs.map { Self.isIn("j.id", $0) }, waiting, query.chainIDs.map { Self.isIn("j.chain_id", $0) },
        ]
        .compactMap { $0 }
        if sources.isEmpty, let few = try fewJobs(query.statuses, column: "rowid", at: now) {
            sources = [SQLiteCondition("j.rowid IN (\(few.sql))", values: few.values)]
        }
        if sources.isEmpty, let types = query.chainTypeNames, let few = try fewChains(ofTypes: types) {
            sources = [SQLiteCondition("j.chain_id IN (\(few.sql))", values: few.values)]
        }
        list.source = sources.first
        list.conditions += sources.dropFirst()
        if let types = query.chainTypeNames {
            list.conditions.append(
                SQLiteCondition("j.chain_type_name IN \(SQLiteTables.list("?"))", SQLiteValue(list: types)))
        }
        if let statuses = query.statuses { list.conditions.append(statements.list.hasStatus(statuses, "j", at: now)) }
        list.conditions += try created(from: query.createdFrom, before: query.createdBefore, list)
        let page = try list.page(statements.list, on: connection)
        let rows = try page.items.compactMap { entry in
            try connection.first(statements.list.job, [.integer(entry.rowID)]) { $0.job() }
        }
        return Page(items: rows, next: page.next)
    }

    private static func isIn(_ column: String, _ ids: [JobID]) -> SQLiteCondition {
        SQLiteCondition("\(column) IN \(SQLiteTables.list("?"))", SQLiteValue(list: ids.map(\.rawValue)))
    }

    private func fewJobs(_ statuses: Set<JobStatus>?, column: String, at now: Timestamp) throws -> SQLiteCondition? {
        guard let statuses, let jobs = statements.list.candidates(statuses, column: column, at: now),
            let counted = statements.list.candidates(statuses, column: "1", at: now)
        else { return nil }
        return try areFew(counted) ? jobs : nil
    }

    // Chains are of the type of their first job. What is counted is all jobs of the types, which the index knows.
    private func fewChains(ofTypes typeNames: [String]) throws -> SQLiteCondition? {
        guard try areFew(statements.list.jobs(ofTypes: typeNames, column: "1")) else { return nil }
        let jobs = statements.list.jobs(ofTypes: typeNames, column: "first.id")
        return SQLiteCondition("\(jobs.sql) AND first.chain_index = 0", values: jobs.values)
    }

    private func areFew(_ jobs: SQLiteCondition) throws -> Bool {
        let rows = try connection.first(statements.list.lastRow, []) { Int($0.int64(0)) } ?? 0
        let few = listReach.few(of: rows)
        var count = 0
        try connection.each(sql: "SELECT count(*) FROM (\(jobs.sql) LIMIT \(few + 1))", jobs.values) {
            count = Int($0.int64(0))
        }
        return count <= few
    }

    // MARK: Times of creation

    /// Conditions for times of creation, which no index holds: a search in the numbers of the rows finds where to begin and
    /// where to end.
    func created(
        from: Timestamp?, before: Timestamp?, _ list: SQLiteList
    ) throws -> [SQLiteCondition] {
        var conditions: [SQLiteCondition] = []
        if let from {
            conditions.append(SQLiteCondition("j.created_at >= ?", SQLiteValue(from)))
            if list.source == nil {
                let row = try firstRow(createdFrom: from.microseconds.subtractingClamped(Self.setBack))
                conditions.append(SQLiteCondition("j.rowid >= ?", .integer(row)))
            }
        }
        if let before {
            conditions.append(SQLiteCondition("j.created_at < ?", SQLiteValue(before)))
            if list.source == nil {
                let row = try firstRow(createdFrom: before.microseconds.subtractingClamped(-Self.setBack))
                conditions.append(SQLiteCondition("j.rowid < ?", .integer(row)))
            }
        }
        return conditions
    }

    /// How far a clock may be set back, in microseconds, before jobs are missing in lists by time: a day.
    private static var setBack: Int64 { 86_400_000_000 }

    /// The number of the first row that was written at a moment or later, as far as the clock went forward only.
    private func firstRow(createdFrom moment: Int64) throws -> Int64 {
        var low: Int64 = 0
        var high = (try connection.first(statements.list.lastRow, []) { $0.int64(0) } ?? 0) + 1
        while low < high {
            let middle = low + (high - low) / 2
            let row = try connection.first(statements.list.createdFrom, [.integer(middle)]) {
                ($0.int64(0), $0.int64(1))
            }
            if let row, row.1 < moment { low = row.0 + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Cleanup

    /// Deletes chains that ended long ago, as far as no job that has not ended waited for them.
    ///
    /// - Parameter request: Which chains, and how many at once.
    /// - Returns: How many were deleted, and where to go on.
    /// - Throws: ``Queuert/InvalidCursorError``, or ``SQLiteError``.
    public func cleanUp(_ request: CleanupRequest) throws -> CleanupResult {
        let now = clock.now
        let endedBefore = Timestamp(
            microseconds: now.microseconds.subtractingClamped(request.olderThan.wholeMicroseconds))
        var list = SQLiteList(kind: .chains, limit: max(1, request.limit), after: request.after)
        list.typeNames = request.chainTypeNames
        // A chain that ended by then was created by then.
        list.conditions = try created(from: nil, before: endedBefore + .microseconds(1), list)
        let status = statements.list.hasStatus(request.statuses, "last", at: now)
        list.flag = SQLiteCondition(
            "\(status.sql) AND coalesce(last.completed_at, last.cancelled_at, last.failed_at) <= ?",
            values: status.values + [SQLiteValue(endedBefore)])
        let page = try list.page(statements.list, on: connection)
        let old = page.items.filter(\.flag).map(\.id)
        let needs = Dictionary(grouping: try needs(for: old), by: \.chainID)
        var deleted: Set<JobID> = []
        for id in old where needs[id]?.allSatisfy({ deleted.contains($0.jobChainID) }) ?? true { deleted.insert(id) }
        try delete(old.filter(deleted.contains))
        return CleanupResult(deleted: deleted.count, kept: old.count - deleted.count, next: page.next)
    }
}

extension Int64 {
    fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other < 0 ? .max : .min) : difference
    }
}
