/// Runs the state adapter's prepared statements on a connection.
///
/// A connection lends it to whoever is isolated to it. It fails when the connection was closed meanwhile.
final class SQLiteStatementRunner {
    private let handle: SQLiteHandle?

    init(_ handle: SQLiteHandle?) { self.handle = handle }

    /// Runs a statement and hands out each row.
    func each(_ sql: String, _ values: [SQLiteValue], _ row: (SQLiteStatement) throws -> Void) throws {
        guard let handle else { throw SQLiteConnection.closedError }
        let statement = try handle.statement(sql)
        try statement.use {
            for (index, value) in values.enumerated() { statement.bind(value, at: Int32(index + 1)) }
            while try statement.step(in: handle) { try row(statement) }
        }
    }

    /// Runs a statement.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func run(_ sql: String, _ values: [SQLiteValue]) throws -> Int {
        try each(sql, values) { _ in }
        return handle?.changes ?? 0
    }
}

extension SQLiteStatement {
    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }
}

extension SQLiteValue {
    init(_ text: String?) { self = text.map(SQLiteValue.text) ?? .null }
    init(_ number: Int64?) { self = number.map(SQLiteValue.integer) ?? .null }
}
