public import Queuert

/// A statement that PostgreSQL refused, or a server that couldn't be used.
public struct PostgresError: RedactedError, Sendable {
    /// Why, as far as callers may want to know.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case cannotConnect, connectionLost, commitUnknown, noAnswer, poolExhausted, constraint, serialization
            case cancelled, readOnly, diskFull, limitExceeded, permission, missing, wrongParameters, unexpectedValue
            case transactionEnded, transactionFailed
            case unsupported, closed, other
        }
        private let base: Base

        /// No connection could be made.
        public static let cannotConnect = Self(base: .cannotConnect)
        /// The connection was lost before the transaction was committed: nothing of it is written.
        ///
        /// What is in no transaction, and so is committed by the server itself, is told of as ``commitUnknown``.
        public static let connectionLost = Self(base: .connectionLost)
        /// The connection was lost while the transaction was committed, or while a statement ran that the server commits
        /// by itself, such as the start of a chain without a transaction: it may be written or not.
        public static let commitUnknown = Self(base: .commitUnknown)
        /// The server did not answer in time, and the connection was given up: nothing of its transaction is written, but
        /// a statement that the server commits by itself may be.
        ///
        /// The server is asked to end what it still does there.
        public static let noAnswer = Self(base: .noAnswer)
        /// All connections of the pool were in use for too long.
        public static let poolExhausted = Self(base: .poolExhausted)
        /// A constraint of the schema was violated.
        public static let constraint = Self(base: .constraint)
        /// The transaction conflicted with another one, and may be tried again.
        public static let serialization = Self(base: .serialization)
        /// The statement was cancelled, or ran into a timeout of the server.
        public static let cancelled = Self(base: .cancelled)
        /// The server, or the transaction, does not write.
        public static let readOnly = Self(base: .readOnly)
        /// The server's disk is full, or it has run out of something else.
        public static let diskFull = Self(base: .diskFull)
        /// Something is larger than the server takes, such as a text that is to be in an index.
        public static let limitExceeded = Self(base: .limitExceeded)
        /// The user may not do that.
        public static let permission = Self(base: .permission)
        /// The statement names something that doesn't exist.
        public static let missing = Self(base: .missing)
        /// A statement got other parameters than it has.
        public static let wrongParameters = Self(base: .wrongParameters)
        /// A column holds another value than was to be read.
        public static let unexpectedValue = Self(base: .unexpectedValue)
        /// The body of a transaction was to begin or end one by a statement of its own, or its connection was used after its
        /// end.
        public static let transactionEnded = Self(base: .transactionEnded)
        /// An earlier statement of the transaction failed, so that it can't go on.
        public static let transactionFailed = Self(base: .transactionFailed)
        /// The server lacks something that is needed.
        public static let unsupported = Self(base: .unsupported)
        /// The pool was closed.
        public static let closed = Self(base: .closed)
        /// Anything else.
        public static let other = Self(base: .other)

        /// A word for logs.
        public var description: String { base.rawValue }
    }

    /// The kind of failure.
    public let code: Code
    /// PostgreSQL's own code, of five characters; empty if the error isn't the server's.
    public let sqlState: String
    /// The constraint that was violated, if one was.
    public let constraint: String?
    /// What was wrong, in words that hold no data.
    public let reason: String
    /// What to do about it.
    public let hint: String
    /// What else may be told to developers: names of the schema, and the server's message if that can't hold data.
    let details: [String]
    let sql: String
    /// Whether the same would come of it if it were tried again.
    let isFinal: Bool

    init(
        code: Code, reason: String, hint: String, sqlState: String = "", details: [String] = [], sql: String = "",
        isFinal: Bool = false
    ) {
        self.code = code
        self.sqlState = sqlState
        self.constraint = nil
        self.reason = reason
        self.hint = hint
        self.details = details
        self.sql = sql
        self.isFinal = isFinal
    }

    /// Makes an error of one that the server sent.
    init(_ server: ServerMessage, sql: String) {
        let kind = Self.kind(server.sqlState)
        code = kind.code
        sqlState = server.sqlState
        constraint = server.constraint
        reason = kind.reason
        hint = kind.hint
        details = server.details
        self.sql = sql
        isFinal = false
    }

    /// Whether the same transaction may well succeed if it is run again.
    public var isTransient: Bool { code == .serialization }

    /// Whether the connection can't be used any more.
    var isFatal: Bool {
        code == .connectionLost || code == .commitUnknown || code == .noAnswer || code == .cannotConnect
            || code == .closed
    }
}

extension PostgresError {
    /// The state of the error that the queue's functions raise in a transaction that does not see the latest state.
    static let isolationTooHigh = "QU003"

    /// What the server says of an error or sends as a notice.
    struct ServerMessage: Sendable {
        var severity = ""
        var sqlState = ""
        var constraint: String?
        var takenKey: PostgresTakenKey?
        var details: [String] = []
    }

    private static func kind(_ sqlState: String) -> (code: Code, reason: String, hint: String) {
        switch sqlState {
        case "40001", "40P01":
            (
                .serialization, "the transaction conflicted with another one",
                "Run the transaction again; if it happens often, have transactions lock rows in one order."
            )
        case "57014":
            (
                .cancelled, "the statement was cancelled",
                "It ran into `statement_timeout`, or somebody cancelled it; nothing of the transaction is written."
            )
        case "55P03":
            (.cancelled, "a lock was not available in time", "Keep transactions short, or raise `lock_timeout`.")
        case "25006":
            (
                .readOnly, "the server or the transaction does not write",
                "Write inside a transaction that may write, on a server that is no standby: `target_session_attrs`."
            )
        case "25P02":
            (
                .transactionFailed, "an earlier statement of the transaction failed",
                "Let the error leave the transaction, or run what may fail inside `withSavepoint`."
            )
        case "57P01", "57P02", "57P03", "57P05", "25P03", "08000", "08003", "08006", "08P01":
            (
                .connectionLost, "the server ended the connection",
                "The pool makes another one; nothing of the transaction is written."
            )
        case "26000", "42P05":
            (
                .unsupported, "a prepared statement is missing, or there already, as where a pooler shares connections",
                "Set `statementCacheLimit` to 0 with PgBouncer in transaction mode, or have it keep prepared statements."
            )
        case isolationTooHigh:
            (
                .unsupported, "the transaction does not see what others have committed since it began",
                """
                End, cancel and delete jobs, and start those that wait for chains, in a transaction that is READ COMMITTED: \
                `write` begins one unless `isolation:` says otherwise, and so does BEGIN ISOLATION LEVEL READ COMMITTED.
                """
            )
        case "42501":
            (
                .permission, "the user may not do that",
                """
                GRANT it USAGE of the schema, and SELECT, INSERT, UPDATE and DELETE on the queue's tables; `migrate` needs \
                their owner. The debug description has the server's message.
                """
            )
        case "54000":
            (
                .limitExceeded, "something is larger than the server takes",
                """
                If the debug description names an index, use a shorter deduplication key, or shorter identifiers: an entry \
                of an index may have about 2,700 bytes once it is compressed.
                """
            )
        case "0A000":
            (.unsupported, "the server does not support that", "The debug description has the server's message.")
        default: kind(ofClass: sqlState.prefix(2))
        }
    }

    private static func kind(ofClass sqlClass: Substring) -> (code: Code, reason: String, hint: String) {
        switch sqlClass {
        case "23":
            (.constraint, "a constraint was violated", "The debug description names the constraint.")
        case "22":
            (
                .wrongParameters, "a value does not fit where it was to go",
                "Check the values' types, lengths and ranges; they are not told here."
            )
        case "28":
            (
                .cannotConnect, "the server refused the user or the password",
                "Check the connection string, PGUSER, PGPASSWORD or PGPASSFILE, and the server's pg_hba.conf."
            )
        case "3D":
            (.cannotConnect, "there is no such database", "Check the connection string or PGDATABASE.")
        case "53":
            (
                .diskFull, "the server has run out of something",
                "Look at its disk, its memory and `max_connections`; nothing of the transaction is written."
            )
        case "42":
            (
                .missing, "the statement is wrong, or names something that does not exist",
                "The debug description has the server's message. Was `migrate` called?"
            )
        default: (.other, "the server refused the statement", "The debug description has the server's message.")
        }
    }
}

extension PostgresError: CustomDebugStringConvertible {
    private var nativeCode: String { sqlState.isEmpty ? "" : ", \(sqlState)" }
    /// Safe to show: holds no SQL and no data.
    public var description: String { "PostgresError(\(code)\(nativeCode)): \(reason). \(hint)" }
    /// Everything, for developers: names of the schema and the statement, but never its parameters.
    public var debugDescription: String {
        let details = details.isEmpty ? "" : " [\(details.joined(separator: "; "))]"
        return sql.isEmpty ? "\(description)\(details)" : "\(description)\(details) in: \(sql)"
    }
}

extension PostgresError {
    static var closed: PostgresError {
        PostgresError(
            code: .closed, reason: "the pool was closed", hint: "Close a pool when nothing uses it any more.")
    }

    static func connectionLost(_ details: [String] = [], sql: String = "") -> PostgresError {
        PostgresError(
            code: .connectionLost, reason: "the connection to the server was lost",
            hint: "The pool makes another one; nothing of the transaction is written.", details: details, sql: sql)
    }

    static func noAnswer(within timeout: Duration) -> PostgresError {
        PostgresError(
            code: .noAnswer, reason: "the server did not answer within \(timeout)",
            hint: """
                The connection is given up, and the server asked to end what it does there. Look for locks that are held \
                for long, or raise `answerTimeout`. What was in no transaction may be written all the same.
                """)
    }

    /// The connection string has a mistake; it is not told where, since the password may be.
    static var malformedConnectionString: PostgresError {
        PostgresError(
            code: .cannotConnect, reason: "the server can't be reached, since the connection string can't be read",
            hint: """
                In an address, percent-encode what is special, such as `%40` for `@` and `%25` for `%`; in a list of \
                words, quote values with spaces: `password='…'`.
                """, isFinal: true)
    }

    /// The server has refused the user or the password, or got none.
    static func passwordRefused(sqlState: String = "", _ details: [String]) -> PostgresError {
        let kind = Self.kind(ofClass: "28")
        return PostgresError(
            code: kind.code, reason: kind.reason, hint: kind.hint, sqlState: sqlState, details: details, isFinal: true)
    }

    /// A column is not what the program reads it as.
    static func unexpectedValue(of column: String, as type: Any.Type, isNull: Bool) -> PostgresError {
        PostgresError(
            code: .unexpectedValue,
            reason: isNull ? "a column is NULL that was read as \(type)" : "a column that was read as \(type) is none",
            hint: isNull
                ? "Read it as an optional if it may be NULL." : "Read it as the type that it has in the query.",
            details: ["column \(column)"])
    }

    static var commitUnknown: PostgresError {
        PostgresError(
            code: .commitUnknown, reason: "the connection was lost while the transaction was committed",
            hint: commitUnknownHint)
    }

    /// The connection was lost while a statement ran that the server commits by itself.
    static func commitUnknown(after loss: PostgresError) -> PostgresError {
        PostgresError(
            code: .commitUnknown,
            reason: "the connection was lost while a statement ran that the server commits by itself",
            hint: commitUnknownHint, sqlState: loss.sqlState, details: loss.details, sql: loss.sql)
    }

    private static let commitUnknownHint =
        "Whether it is written is unknown: look for what it wrote before you do it again."

    static var transactionFailed: PostgresError {
        PostgresError(
            code: .transactionFailed, reason: "an earlier statement of the transaction failed",
            hint: "Let the error leave the transaction, or run what may fail inside `withSavepoint`.")
    }

    static var useEnded: PostgresError {
        PostgresError(
            code: .transactionEnded, reason: "the transaction, or the read, to which the connection belonged has ended",
            hint: """
                Await each task that uses the connection before the body ends. A detached task has no part in it.
                """)
    }

    static var transactionEnded: PostgresError {
        PostgresError(
            code: .transactionEnded, reason: "the body began or ended a transaction by a statement of its own",
            hint: """
                Return to commit and throw to roll back, or use `withConnection` to write BEGIN and COMMIT yourself. For a \
                part that may fail on its own there is `withSavepoint`.
                """)
    }
}
