internal import Logging
public import Queuert

/// A connection to a PostgreSQL server, on a thread of its own.
///
/// Inside the body of a transaction or a read, its statements are plain synchronous calls:
///
/// ```swift
/// try await pool.write { db in
///     try db.execute("INSERT INTO users (name) VALUES ($1)", ["Alice"])
///     return try db.query("SELECT count(*) AS n FROM users")[0].int("n")
/// }
/// ```
public actor PostgresConnection: StateConnection {
    let executor = ThreadExecutor()
    /// The executor that runs the connection's statements: a thread of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// What the connection is used for.
    enum Scope {
        case unused
        /// A transaction that may write, begun with the first statement.
        case transaction(TransactionEffects)
        /// One operation of the queue, which the server commits by itself.
        case operation(TransactionEffects)
        /// Statements that only read.
        case read
    }
    nonisolated let canceller = PostgresCanceller()
    private var open: PostgresHandle?
    var scope = Scope.unused
    /// What the next statement takes along: the beginnings and ends of transactions and savepoints.
    var pending: [PostgresQuery] = []
    /// Whether a transaction is open on the server.
    var isBegun = false
    /// Why the open transaction can't go on.
    var transactionFailure: PostgresError?
    /// The server's number of the open transaction, if an operation has told it.
    var transactionID: Int64?
    private var queries: [String: PostgresQuery] = [:]

    func connect(
        _ configuration: PostgresPool.Configuration, connectionString: String, logger: Logger
    ) throws {
        let handle = try PostgresHandle(configuration, connectionString: connectionString, logger: logger)
        canceller.attach(to: handle.connection)
        open = handle
    }

    func disconnect() {
        canceller.detach()
        open = nil
    }

    var handle: PostgresHandle {
        get throws {
            guard let open else { throw PostgresError.closed }
            return open
        }
    }

    /// Whether the connection is of no use any more, which costs no round trip to find out.
    var hasEnded: Bool { open?.hasEnded ?? true }

    /// What waits for the open transaction to end; `nil` while none is open that may write.
    public var effects: TransactionEffects? {
        switch scope {
        case .transaction(let effects), .operation(let effects): effects
        case .read, .unused: nil
        }
    }

    // MARK: The user's statements

    /// Runs a statement.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `$1`, `$2` and so on for its parameters.
    ///   - parameters: The values for the parameters, in order.
    /// - Returns: How many rows the statement inserted, changed or deleted.
    /// - Throws: ``PostgresError`` if PostgreSQL refuses the statement.
    @discardableResult
    public func execute(_ sql: String, _ parameters: [(any PostgresBindable)?] = []) throws -> Int {
        try run(sql, parameters).changes
    }

    /// Runs statements without parameters, such as a schema.
    ///
    /// - Parameter script: The statements, separated by semicolons.
    /// - Throws: ``PostgresError`` if PostgreSQL refuses one of them.
    public func executeScript(_ script: String) throws {
        let handle = try handle
        try beginIfNeeded(handle)
        try track(handle) { try canceller.whileCancellable { try handle.run(script: script) } }
        try checkThatTransactionIsOpen(handle)
    }

    /// Runs a query and returns all its rows.
    ///
    /// - Parameters:
    ///   - sql: One statement, with `$1`, `$2` and so on for its parameters.
    ///   - parameters: The values for the parameters, in order.
    /// - Returns: The rows, in the query's order.
    /// - Throws: ``PostgresError`` if PostgreSQL refuses the statement.
    public func query(_ sql: String, _ parameters: [(any PostgresBindable)?] = []) throws -> [PostgresRow] {
        let result = try run(sql, parameters)
        let columns = PostgresColumns(result.columnNames)
        return result.rows.map { row in
            PostgresRow(values: columns.names.indices.map(row.plainText), columns: columns)
        }
    }

    private func run(_ sql: String, _ parameters: [(any PostgresBindable)?]) throws -> PostgresResult {
        let handle = try handle
        if PostgresStatementKind.endsOrBeginsTransaction(sql) { throw PostgresError.transactionEnded }
        let command = PostgresCommand(
            query: query(sql), parameters: PostgresParameters(parameters), isBinary: false)
        if case .read = scope { beginReading() }
        let result = try canceller.whileCancellable { try send(command, on: handle) }
        try checkThatTransactionIsOpen(handle)
        return result
    }

    /// Statements with text made on the fly would fill the cache for ever: it starts anew when it holds so many.
    private func query(_ sql: String) -> PostgresQuery {
        if let known = queries[sql] { return known }
        if queries.count >= 512 { queries = [:] }
        let query = PostgresQuery(sql)
        queries[sql] = query
        return query
    }

    // MARK: Sending

    /// Runs one command, with what is pending before it.
    func send(_ command: PostgresCommand, on handle: PostgresHandle) throws -> PostgresResult {
        let prefix = pending.map { PostgresCommand(query: $0) }
        return try track(handle) {
            let (results, failure) = try handle.run(prefix + [command])
            // The server has done what comes before the one that failed.
            pending.removeFirst(min(prefix.count, results.count))
            if !prefix.isEmpty, !results.isEmpty { isBegun = handle.transactionState != .none }
            if let failure { throw failure }
            // A command that returned has a result.
            return results[results.count - 1]
        }
    }

    private func beginIfNeeded(_ handle: PostgresHandle) throws {
        if case .read = scope { beginReading() }
        if pending.isEmpty { return }
        _ = try send(PostgresCommand(query: Self.nothing), on: handle)
    }

    private static let nothing = PostgresQuery("SELECT", isPrepared: false)
    private static let readOnly = PostgresQuery(
        "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY", isPrepared: false)

    /// Has the next statement begin a transaction in which all queries see the same state.
    private func beginReading() { if !isBegun, pending.isEmpty { pending.append(Self.readOnly) } }

    /// Notes why the transaction can't go on.
    private func track<R>(_ handle: PostgresHandle, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch let error as PostgresError {
            if transactionFailure == nil, isBegun || error.isFatal { transactionFailure = error }
            throw error
        }
    }

    /// The body may have ended the transaction where that could not be seen beforehand.
    private func checkThatTransactionIsOpen(_ handle: PostgresHandle) throws {
        if isBegun, handle.transactionState == .none {
            isBegun = false
            transactionFailure = PostgresError.transactionEnded
            throw PostgresError.transactionEnded
        }
    }
}

/// What kind of statement a text is, as far as the pool must know.
enum PostgresStatementKind {
    private static let words: Set<String> = ["BEGIN", "START", "COMMIT", "END", "ABORT", "ROLLBACK"]

    /// Whether a statement begins or ends a transaction; savepoints are parts of one.
    static func endsOrBeginsTransaction(_ sql: String) -> Bool {
        var rest = Substring(sql)
        skipSpace(&rest)
        // Whatever else a statement begins with, its first letter tells.
        guard let first = rest.utf8.first, "bBsScCeEaArRpP".utf8.contains(first) else { return false }
        let word = rest.prefix { $0.isLetter }
        let keyword = word.uppercased()
        rest = rest.dropFirst(word.count)
        skipSpace(&rest)
        let next = rest.prefix { $0.isLetter }.uppercased()
        if keyword == "PREPARE" { return next == "TRANSACTION" }
        guard words.contains(keyword) else { return false }
        if keyword == "ROLLBACK" {
            if next == "TO" { return false }
            if next == "WORK" || next == "TRANSACTION" {
                rest = rest.dropFirst(next.count)
                skipSpace(&rest)
                return rest.prefix { $0.isLetter }.uppercased() != "TO"
            }
        }
        return true
    }

    private static func skipSpace(_ text: inout Substring) {
        while true {
            text = text.drop { $0.isWhitespace || $0 == ";" }
            if text.hasPrefix("--") {
                text = text.drop { !$0.isNewline }
            } else if text.hasPrefix("/*") {
                var depth = 0
                repeat {
                    if text.hasPrefix("/*") {
                        depth += 1
                        text = text.dropFirst(2)
                    } else if text.hasPrefix("*/") {
                        depth -= 1
                        text = text.dropFirst(2)
                    } else {
                        text = text.dropFirst()
                    }
                } while depth > 0 && !text.isEmpty
            } else {
                return
            }
        }
    }
}

extension PostgresError {
    static var transactionEnded: PostgresError {
        PostgresError(
            code: .transactionEnded, reason: "the body began or ended a transaction by a statement of its own",
            hint: """
                Return to commit and throw to roll back. For a part that may fail on its own there is `withSavepoint`.
                """)
    }
}
