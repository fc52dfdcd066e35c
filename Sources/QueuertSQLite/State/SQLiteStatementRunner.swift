import Queuert

/// Runs the state adapter's prepared statements on a connection.
///
/// A connection lends it to whoever is isolated to it. It fails when the connection is no longer theirs.
package struct SQLiteStatementRunner {
    private enum Connection {
        case own(SQLiteHandle)
        case lent(any SQLiteLender)
        case gone(any Error)
    }
    private let connection: Connection

    init(_ handle: Result<SQLiteHandle, any Error>) {
        switch handle {
        case .success(let handle): connection = .own(handle)
        case .failure(let error): connection = .gone(error)
        }
    }

    /// Runs the statements on another library's connection; with none, they fail, since it was given back.
    package init(_ lender: (any SQLiteLender)?) {
        connection = lender.map { .lent($0) } ?? .gone(SQLiteConnection.endedError)
    }

    private func statement(_ query: SQLiteQuery, slot: Int) throws -> SQLiteStatement {
        switch connection {
        case .own(let handle): return try handle.statement(query, slot: slot)
        case .lent(let lender):
            // Others of the same statement differ in their text, by which the library keeps them.
            let sql = slot == 0 ? query.text : query.text + String(repeating: " ", count: slot)
            return SQLiteStatement(try lender.statement(sql, isKept: true), sql: sql)
        case .gone(let error): throw error
        }
    }

    private func statement(_ sql: String) throws -> SQLiteStatement {
        switch connection {
        case .own(let handle): try handle.statement(sql)
        case .lent(let lender): SQLiteStatement(try lender.statement(sql, isKept: false), sql: sql)
        case .gone(let error): throw error
        }
    }

    private var changes: Int {
        switch connection {
        case .own(let handle): handle.changes
        case .lent(let lender): lender.changes
        case .gone: 0
        }
    }

    /// Runs statements without parameters, such as a schema.
    func run(script: String) throws {
        switch connection {
        case .own(let handle): try handle.run(script: script)
        case .lent(let lender): try lender.run(script: script)
        case .gone(let error): throw error
        }
    }

    /// Lends a statement, which the body binds and steps.
    func use<R>(_ query: SQLiteQuery, slot: Int = 0, _ body: (SQLiteStatement) throws -> R) throws -> R {
        let statement = try statement(query, slot: slot)
        return try statement.use { try body(statement) }
    }

    /// Lends several of the same statement, which the body binds and steps side by side.
    func use<R>(_ query: SQLiteQuery, slots: Int, _ body: ([SQLiteStatement]) throws -> R) throws -> R {
        let statements = try (0..<slots).map { try statement(query, slot: $0) }
        for statement in statements { statement.start() }
        defer { for statement in statements { statement.finish() } }
        return try body(statements)
    }

    /// Runs a statement and hands out each row.
    func each(_ query: SQLiteQuery, _ values: [SQLiteValue], _ row: (SQLiteStatement) throws -> Void) throws {
        try use(query) { statement in try Self.each(statement, values, row) }
    }

    /// Runs a statement that was written for the occasion, and hands out each row.
    func each(sql: String, _ values: [SQLiteValue], _ row: (SQLiteStatement) throws -> Void) throws {
        let statement = try statement(sql)
        try statement.use { try Self.each(statement, values, row) }
    }

    private static func each(
        _ statement: SQLiteStatement, _ values: [SQLiteValue], _ row: (SQLiteStatement) throws -> Void
    ) throws {
        statement.bind(values)
        while try statement.step() { try row(statement) }
    }

    /// Runs a statement and decodes the first row, if there is one.
    func first<R>(_ query: SQLiteQuery, _ values: [SQLiteValue], _ row: (SQLiteStatement) -> R) throws -> R? {
        try use(query) { statement in
            statement.bind(values)
            return try statement.step() ? row(statement) : nil
        }
    }

    /// Runs a statement and decodes its rows.
    func all<R>(_ query: SQLiteQuery, _ values: [SQLiteValue], _ row: (SQLiteStatement) -> R) throws -> [R] {
        var rows: [R] = []
        try each(query, values) { rows.append(row($0)) }
        return rows
    }

    /// Runs a statement.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func run(_ query: SQLiteQuery, _ values: [SQLiteValue] = []) throws -> Int {
        try each(query, values) { _ in }
        return changes
    }

    /// Undoes what the body wrote if it throws, though the transaction goes on.
    package func whole<R>(_ body: () throws -> R) throws -> R {
        try run(Self.savepoint)
        do {
            let value = try body()
            try run(Self.release)
            return value
        } catch {
            // If SQLite has rolled back the whole transaction already, there is no savepoint; the first error counts.
            _ = try? run(Self.rollback)
            _ = try? run(Self.release)
            throw error
        }
    }

    private static let savepoint = SQLiteQuery("SAVEPOINT queuert_statement")
    private static let release = SQLiteQuery("RELEASE queuert_statement")
    private static let rollback = SQLiteQuery("ROLLBACK TO queuert_statement")
}

extension SQLiteStatement {
    /// Binds the first parameters to values, and the others to null.
    fileprivate func bind(_ values: [SQLiteValue]) {
        if values.count < parameterCount { forgetValues() }
        for (index, value) in values.enumerated() { bind(value, at: Int32(index + 1)) }
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }
    func optionalText(_ column: Int32, mostly known: String?) -> String? {
        isNull(column) ? nil : text(column, mostly: known)
    }
    func optionalInt64(_ column: Int32) -> Int64? { isNull(column) ? nil : int64(column) }
    func time(_ column: Int32) -> Timestamp { Timestamp(microseconds: int64(column)) }
    func optionalTime(_ column: Int32) -> Timestamp? { optionalInt64(column).map(Timestamp.init(microseconds:)) }
    func jobID(_ column: Int32) -> JobID { JobID(rawValue: text(column)) }
}

extension SQLiteValue {
    init(_ text: String?) { self = text.map(SQLiteValue.text) ?? .null }
    init(_ number: Int64?) { self = number.map(SQLiteValue.integer) ?? .null }
    init(_ moment: Timestamp) { self = .integer(moment.microseconds) }
    init(_ id: JobID) { self = .text(id.rawValue) }

    /// A list of texts, which a statement takes apart with `json_each`; those with a NUL are left out.
    init(list: some Sequence<String>) {
        self = .text("[" + list.compactMap(\.quotedJSON).joined(separator: ",") + "]")
    }

    /// A list of leases, each a pair of the job and the token, which a statement takes apart with `json_each`.
    init(leases: [Lease]) {
        let pairs = leases.compactMap { lease in
            lease.jobID.rawValue.quotedJSON.map { "[\($0),\(lease.token)]" }
        }
        self = .text("[" + pairs.joined(separator: ",") + "]")
    }
}

extension String {
    /// The text as JSON has it; `nil` if there is a NUL in it, at which SQLite would end it: it would be another text.
    fileprivate var quotedJSON: String? {
        var json = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": json += "\\\""
            case "\\": json += "\\\\"
            case "\0": return nil
            case "\u{1}"..."\u{1f}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
