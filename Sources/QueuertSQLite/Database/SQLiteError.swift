internal import CSQLite
public import Queuert

/// A statement that SQLite refused, or a file that it couldn't use.
public struct SQLiteError: RedactedError, Sendable {
    /// Why, as far as callers may want to know.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Base: String {
            case busy, constraint, diskFull, readOnly, cannotOpen, notADatabase, corrupt, wrongParameters
            case transactionEnded, unsupported, closed, other
        }
        private let base: Base

        /// Another connection holds the lock for longer than the busy timeout.
        public static let busy = Self(base: .busy)
        /// A constraint of the schema was violated.
        public static let constraint = Self(base: .constraint)
        /// The disk is full, or a quota is reached.
        public static let diskFull = Self(base: .diskFull)
        /// The file or its folder can't be written.
        public static let readOnly = Self(base: .readOnly)
        /// The file can't be opened, or the system refuses a thread for a connection to it.
        public static let cannotOpen = Self(base: .cannotOpen)
        /// The file is something else than a database.
        public static let notADatabase = Self(base: .notADatabase)
        /// The file is damaged.
        public static let corrupt = Self(base: .corrupt)
        /// A statement got another number of parameters than it has.
        public static let wrongParameters = Self(base: .wrongParameters)
        /// The body of a transaction was to begin or end one, or a savepoint, by a statement of its own, or its connection was
        /// used after its end.
        public static let transactionEnded = Self(base: .transactionEnded)
        /// The SQLite library, or the file system, lacks something that is needed.
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
    /// SQLite's own extended result code; zero if the error isn't SQLite's.
    public let resultCode: Int32
    /// What was wrong, in words that hold no data.
    public let reason: String
    /// What to do about it.
    public let hint: String
    /// SQLite's message, which may name tables and columns.
    let message: String
    let sql: String

    package init(code: Code, reason: String, hint: String) {
        self.code = code
        self.resultCode = 0
        self.reason = reason
        self.hint = hint
        self.message = ""
        self.sql = ""
    }

    /// Makes an error of one of SQLite's result codes.
    package init(resultCode: Int32, message: String, sql: String = "") {
        let kind = Self.kind(resultCode)
        self.code = kind.code
        self.resultCode = resultCode
        self.reason = kind.reason ?? String(cString: sqlite3_errstr(resultCode))
        self.hint = kind.hint
        self.message = message
        self.sql = sql
    }

    private static func kind(_ resultCode: Int32) -> (code: Code, reason: String?, hint: String) {
        switch resultCode & 0xff {
        case SQLITE_BUSY, SQLITE_LOCKED:
            (
                .busy, "another connection holds the lock on the database",
                "Keep transactions short, end the process that holds the lock, or raise `busyTimeout`."
            )
        case SQLITE_CONSTRAINT: (.constraint, nil, "The debug description names the constraint.")
        case SQLITE_FULL:
            (.diskFull, "the disk is full", "Free space on the disk of the database; nothing was written.")
        case SQLITE_READONLY:
            (
                .readOnly, "the database can't be written",
                "Check the permissions of the file, of its folder and of the -wal and -shm files beside it."
            )
        case SQLITE_CANTOPEN:
            (
                .cannotOpen, "the database file can't be opened",
                "Check that its folder exists and that this user may read and write there."
            )
        case SQLITE_NOTADB:
            (
                .notADatabase, "the file is not a database",
                "Check the path; the file begins with something else than a SQLite header."
            )
        case SQLITE_CORRUPT: (.corrupt, "the database is damaged", "Restore a backup, or try `sqlite3 FILE .recover`.")
        default: (.other, nil, "The debug description has SQLite's message.")
        }
    }
}

extension SQLiteError: CustomDebugStringConvertible {
    /// Safe to show: holds no SQL and no data.
    public var description: String { "SQLiteError(\(code), \(resultCode)): \(reason). \(hint)" }
    /// Everything, for developers: SQLite's message and the statement, but never its parameters.
    public var debugDescription: String {
        sql.isEmpty ? "\(description) [\(message)]" : "\(description) [\(message)] in: \(sql)"
    }
}
