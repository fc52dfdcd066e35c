#if GRDB
internal import GRDB
internal import Queuert

/// What waits for the transactions that the user begins on one of GRDB's connections.
///
/// Each call of the queue's in such a transaction is a part of it, which savepoints of the user's may undo, by whatever
/// statement. So the database itself keeps count of the parts, in a temporary table: it goes back when parts are undone.
///
/// When SQLite rolls the transaction back by itself, as for INSERT OR ROLLBACK or where the disk is full, GRDB tells
/// its observers nothing. The parts are told of it when the connection is next asked for one, or commits, or is closed.
///
/// `@unchecked`, because it is used as the connection is that it belongs to: on the queue that GRDB allows for that only. GRDB
/// keeps it for as long as the connection.
final class PendingWrites: TransactionObserver, @unchecked Sendable {
    private var parts: [TransactionEffects] = []
    /// The count before the first of the parts.
    private var base: Int64 = 0

    deinit { undo(from: 0) }

    // MARK: The connections

    private struct Known: Sendable {
        weak var writes: PendingWrites?
    }
    /// GRDB has no place to keep something with a connection, and the adapter's copies are many.
    private static let known = Locked<[ObjectIdentifier: Known]>([:])

    /// What waits on a connection; one that is closed takes its own with it, before another can have its identity.
    static func on(_ database: Database) -> PendingWrites {
        let id = ObjectIdentifier(database)
        if let writes = known.withLock({ $0[id]?.writes }) { return writes }
        let writes = PendingWrites()
        database.add(transactionObserver: writes, extent: .databaseLifetime)
        known.withLock { known in
            known = known.filter { $0.value.writes != nil }
            known[id] = Known(writes: writes)
        }
        return writes
    }

    // MARK: Parts

    /// Begins a part of the open transaction.
    ///
    /// - Returns: What is to wait for it.
    /// - Throws: `TransactionRequiredError` if no transaction is open that may write.
    func begin(on database: Database) throws -> TransactionEffects {
        guard database.isInsideTransaction, !database.configuration.readonly else { throw TransactionRequiredError() }
        do {
            let count = try storedCount(on: database)
            undo(from: survivors(count))
            if parts.isEmpty { base = count ?? 0 }
            try store(base + Int64(parts.count) + 1, isFirst: count == nil, on: database)
        } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
            throw TransactionRequiredError()
        }
        let part = TransactionEffects()
        parts.append(part)
        return part
    }

    /// How many parts are left, by the count that the database has.
    private func survivors(_ count: Int64?) -> Int { min(max(Int((count ?? 0) - base), 0), parts.count) }

    private func undo(from count: Int) {
        let undone = parts[count...]
        parts.removeSubrange(count...)
        for part in undone { part.rollback()() }
    }

    // MARK: The count

    /// - Returns: The count; `nil` if there is no table, because there never was one, or its creation was undone.
    private func storedCount(on database: Database) throws -> Int64? {
        let table = "SELECT 1 FROM temp.sqlite_master WHERE name = 'queuert_pending_writes'"
        guard try Int64.fetchOne(database.cachedStatement(sql: table)) != nil else { return nil }
        return try Int64.fetchOne(database.cachedStatement(sql: "SELECT count FROM temp.queuert_pending_writes"))
    }

    private func store(_ count: Int64, isFirst: Bool, on database: Database) throws {
        if isFirst {
            try database.execute(
                sql: """
                    CREATE TEMP TABLE queuert_pending_writes (count INTEGER NOT NULL);
                    INSERT INTO temp.queuert_pending_writes (count) VALUES (0);
                    """)
        }
        try database.cachedStatement(sql: "UPDATE temp.queuert_pending_writes SET count = ?").execute(arguments: [count]
        )
    }

    // MARK: TransactionObserver

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { false }

    func databaseDidChange(with event: DatabaseEvent) {}

    func databaseDidCommit(_ database: Database) {
        if parts.isEmpty { return }
        do {
            undo(from: survivors(try storedCount(on: database)))
        } catch {
            // All parts pass for committed: a wake-up too many does no harm, and one too few would.
        }
        let effects = TransactionEffects()
        for part in parts { effects.merge(part) }
        parts = []
        effects.commit()()
    }

    func databaseDidRollback(_ database: Database) { undo(from: 0) }
}
#endif
