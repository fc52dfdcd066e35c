internal import Logging
internal import Queuert

extension PostgresStateAdapter {
    /// Deletes chains that completed or were cancelled long ago: with partitions, a partition at a time.
    ///
    /// A partition is dropped when everything in it ended so long ago, and an hour at least after it closed: it takes chains
    /// for one width after the days of which it holds the chains, so chains are deleted up to two widths later than asked. No
    /// statement of the queue waits meanwhile. Chains that a job needs that has not ended are kept, and so are chains that
    /// have failed.
    ///
    /// What is deleted at last is not in a transaction of the caller's: a partition that is to be dropped is dropped by this
    /// call, or by the next one if this one is interrupted.
    ///
    /// - Parameters:
    ///   - age: How long ago the chains ended, at least, by the database's clock.
    ///   - batchSize: How many chains that are in no partition are looked at in one transaction; 500 by default.
    /// - Returns: How many chains were deleted.
    /// - Throws: ``PostgresError``, `NestedTransactionError` inside a transaction of the same task, or `CancellationError`. What
    ///   was deleted before stays deleted.
    @discardableResult
    public func cleanUpHistory(olderThan age: Duration, batchSize: Int = 500) async throws -> Int {
        var deleted = 0
        if let upkeep {
            upkeep.expire()
            await makePartitionsIfDue()
            while let count = try await retirePartition(olderThan: age) { deleted += count }
            try await dropRetiredPartitions()
        }
        var request = CleanupRequest(
            statuses: [.completed, .cancelled], olderThan: age, limit: max(1, batchSize))
        repeat {
            try Task.checkCancellation()
            let batch = request
            let result = try await withTransaction { db in
                try operations(on: db).cleanUp(batch, in: statements.tables.job)
            }
            deleted += result.deleted
            request.after = result.next
        } while request.after != nil
        return deleted
    }

    var now: Timestamp { (clock ?? SystemClock()).now }

    // MARK: Partitions to come

    /// Makes partitions for chains to come, if it is time to look.
    ///
    /// Chains that find none stay where they are, so a failure harms nobody.
    func makePartitionsIfDue() async {
        guard let upkeep, upkeep.isDue(at: now) else { return }
        do {
            try await pool.write { db in try makePartitions(on: db) }
        } catch {
            logger.warning(
                "No partitions could be made for chains to come. It is tried again in an hour.",
                metadata: ["error.message": "\((error as? PostgresError)?.description ?? "")"])
        }
    }

    private func makePartitions(on db: isolated PostgresConnection) throws {
        guard let days = statements.tables.keeping.days else { return }
        try db.execute(
            "SELECT \(statements.tables.function("make_partitions"))($1::timestamptz, $2::integer)",
            [clock.map { PostgresTime.text(microseconds: $0.now.microseconds) }, days])
    }

    // MARK: Partitions that are over

    /// Decides that a partition is to be dropped, after which nobody begins to wait for a chain in it.
    ///
    /// - Returns: How many chains it holds; `nil` if there is none.
    private func retirePartition(olderThan age: Duration) async throws -> Int? {
        try Task.checkCancellation()
        return try await pool.write { db in
            try db.query(
                "SELECT \(statements.tables.function("retire"))($1::timestamptz, $2::bigint) AS n",
                [clock.map { PostgresTime.text(microseconds: $0.now.microseconds) }, Int(age.postgresMicroseconds)])[0]
                .int("n")
        }
    }

    private func dropRetiredPartitions() async throws {
        let table = statements.tables.partition
        // Nobody else is to do the same at once. Whoever stops half-way is relieved after ten minutes.
        let names = try await pool.write { db in
            try db.query(
                """
                UPDATE \(table) SET dropping_until = clock_timestamp() + interval '10 minutes'
                WHERE retired_at IS NOT NULL AND (dropping_until IS NULL OR dropping_until < clock_timestamp())
                RETURNING name
                """
            ).compactMap { $0.text("name") }
        }
        for name in names {
            try Task.checkCancellation()
            try await detach(name)
            try await pool.write { db in
                try db.execute("DROP TABLE IF EXISTS \(name)")
                try db.execute("DELETE FROM \(table) WHERE name = $1", [name])
            }
        }
        if !names.isEmpty {
            logger.info("Partitions of the history were dropped.", metadata: ["count": "\(names.count)"])
        }
    }

    /// Takes a partition out of the history, once the transactions are over that may look into it; others go on meanwhile.
    private func detach(_ name: String) async throws {
        let found = try await pool.read { db in
            try db.query("SELECT inhdetachpending AS n FROM pg_inherits WHERE inhrelid = to_regclass($1)", [name])
        }
        guard let partition = found.first else { return }
        // One that was interrupted is only to be finished.
        let way = partition.bool("n") == true ? "FINALIZE" : "CONCURRENTLY"
        try await pool.operation(.work) { db in
            // By itself, since it is several transactions.
            _ = try db.execute("ALTER TABLE \(statements.tables.history) DETACH PARTITION \(name) \(way)")
        }
    }
}
