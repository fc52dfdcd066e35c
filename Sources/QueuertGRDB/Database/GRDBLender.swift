#if GRDB
internal import GRDB
internal import QueuertSQLite

/// Lends GRDB's statements to the state adapter.
///
/// GRDB keeps them, sees what they change, which is what its observations rest on, and gives them up when it closes the
/// connection. Belongs to one access to the database and is used on its thread only.
final class GRDBLender: SQLiteLender {
    let database: Database

    init(_ database: Database) { self.database = database }

    var changes: Int { database.changesCount }

    func statement(_ sql: String, isKept: Bool) throws -> any SQLiteLentStatement {
        try translatingErrors(of: sql) {
            if isKept {
                let kept = GRDBStatement(try database.cachedStatement(sql: sql), sql: sql)
                if !kept.isBusy { return kept.cleared() }
            }
            return GRDBStatement(try database.makeStatement(sql: sql), sql: sql).cleared()
        }
    }

    func run(script: String) throws { try translatingErrors(of: script) { try database.execute(sql: script) } }
}

/// A statement of GRDB's, which is run by GRDB and bound and read without it.
private final class GRDBStatement: SQLiteLentStatement {
    private let statement: Statement
    private let sql: String
    private var rows: RowCursor?

    init(_ statement: Statement, sql: String) {
        self.statement = statement
        self.sql = sql
    }

    var pointer: OpaquePointer { statement.sqliteStatement }

    /// Takes GRDB's word for it that values are bound, or it would want to bind its own.
    func cleared() -> Self {
        statement.setUncheckedArguments([])
        return self
    }

    func step() throws -> Bool {
        try translatingErrors(of: sql) {
            let rows = try rows ?? Row.fetchCursor(statement)
            self.rows = rows
            return try rows.next() != nil
        }
    }

    func reset() { rows = nil }
}

/// Makes GRDB's errors those that the state adapter's statements throw, whoever runs them.
private func translatingErrors<R>(of sql: String, _ body: () throws -> R) throws -> R {
    do {
        return try body()
    } catch let error as DatabaseError {
        throw SQLiteError(
            resultCode: error.extendedResultCode.rawValue, message: error.message ?? "", sql: sql)
    }
}
#endif
