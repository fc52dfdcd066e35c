import Queuert

/// A page of jobs, or of the first jobs of chains, in the order of creation.
///
/// Rows are numbered in the order in which they are written, so that order costs nothing to keep, and what is written later
/// is behind every page that was read.
struct SQLiteList {
    /// What a cursor was given out for.
    enum Kind: String {
        case chains
        case jobs
    }
    let kind: Kind
    var order = ListOrder.oldestFirst
    var limit: Int
    var after: PageCursor?
    /// What is wanted of the job `j`.
    var conditions: [SQLiteCondition] = []
    /// Where else to look than at all jobs: one column of `j` has one of few values.
    var source: SQLiteCondition?
    /// Only jobs of these types: each is a list of its own, and together they are merged.
    var typeNames: [String]?
    /// What is read along, of `j` and `last`.
    var flag = SQLiteCondition("1")

    struct Entry {
        let rowID: Int64
        let id: JobID
        let flag: Bool
    }

    /// Reads the page.
    func page(_ statements: ListStatements, on connection: SQLiteStatementRunner) throws -> Page<Entry> {
        var entries: [Entry] = []
        let place = try after.map { try start(after: $0, statements, on: connection) }
        for query in queries(from: place, statements.tables) {
            try connection.each(sql: query.sql, query.values) { row in
                entries.append(Entry(rowID: row.int64(0), id: row.jobID(1), flag: row.int64(2) != 0))
            }
        }
        entries.sort { order == .oldestFirst ? $0.rowID < $1.rowID : $0.rowID > $1.rowID }
        let items = Array(entries.prefix(limit))
        return Page(items: items, next: entries.count > limit ? items.last.map(cursor) : nil)
    }

    /// The statements that find the page: one, or one for each type.
    func queries(from start: SQLiteCondition? = nil, _ tables: SQLiteTables) -> [SQLiteCondition] {
        guard source == nil, let typeNames else {
            let type = typeNames.map {
                SQLiteCondition("j.type_name IN \(SQLiteTables.list("?"))", SQLiteValue(list: $0))
            }
            return [query([source, type, start], tables)]
        }
        return typeNames.uniqued().map { query([SQLiteCondition("j.type_name = ?", .text($0)), start], tables) }
    }

    private func query(_ more: [SQLiteCondition?], _ tables: SQLiteTables) -> SQLiteCondition {
        var all = more.compactMap { $0 } + conditions
        if kind == .chains { all.append(SQLiteCondition("j.chain_index = 0")) }
        let needsLast = (all + [flag]).contains { $0.sql.contains("last.") }
        let last = needsLast ? "CROSS JOIN \(tables.job) last ON last.rowid = \(tables.lastRow(ofChain: "j.id"))" : ""
        // Few jobs are sorted; without a source, the order is that of the table or of an index.
        let key = source == nil ? "j.rowid" : "+j.rowid"
        return SQLiteCondition(
            """
            SELECT j.rowid, j.id, \(flag.sql) FROM \(tables.job) j \(last)
            WHERE \(all.isEmpty ? "1" : all.map(\.sql).joined(separator: " AND "))
            ORDER BY \(key) \(order == .oldestFirst ? "" : "DESC") LIMIT \(limit == .max ? limit : limit + 1)
            """, values: flag.values + all.flatMap(\.values))
    }

    // MARK: Cursors

    /// Names the job, and the number of its row, which stays when the job is deleted.
    private func cursor(after entry: Entry) -> PageCursor {
        PageCursor(rawValue: "\(kind.rawValue).\(String(entry.rowID, radix: 36)).\(entry.id.rawValue)")
    }

    private func start(
        after cursor: PageCursor, _ statements: ListStatements, on connection: SQLiteStatementRunner
    ) throws -> SQLiteCondition {
        let parts = cursor.rawValue.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == kind.rawValue, let rowID = Int64(parts[1], radix: 36), rowID > 0 else {
            throw InvalidCursorError()
        }
        // VACUUM numbers the rows anew, and the number of the newest row is given again once that is deleted.
        let now = try connection.first(statements.rowOfJob, [.text(String(parts[2]))]) { $0.int64(0) }
        let isBehind = order == .newestFirst ? "<" : now == nil ? ">=" : ">"
        return SQLiteCondition("j.rowid \(isBehind) ?", .integer(now ?? rowID))
    }
}
