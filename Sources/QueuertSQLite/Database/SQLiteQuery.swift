/// The text of a statement of the state adapter.
///
/// An object, so that a connection finds its prepared statement by identity: hashing the text costs more than some of
/// the statements.
package final class SQLiteQuery: Sendable {
    package let text: String

    init(_ text: String) { self.text = text }
}

/// The prepared statements of a connection for ``SQLiteQuery`` objects.
///
/// One query may have several, in slots: the same statement, stepped side by side.
final class SQLiteQueryCache {
    private struct Key: Hashable {
        let query: ObjectIdentifier
        let slot: Int
    }
    /// The query is kept too, or another one could come to have its identity.
    private var statements: [Key: (query: SQLiteQuery, statement: SQLiteStatement)] = [:]

    func statement(
        _ query: SQLiteQuery, slot: Int, prepare: (String) throws -> SQLiteStatement
    ) rethrows -> SQLiteStatement {
        let key = Key(query: ObjectIdentifier(query), slot: slot)
        if let known = statements[key]?.statement, !known.isInUse { return known }
        let prepared = try prepare(query.text)
        if statements[key] == nil { statements[key] = (query, prepared) }
        return prepared
    }

    /// Gives up all statements, before their connection is closed.
    func finalize() {
        for (_, statement) in statements.values { statement.finalize() }
    }
}
