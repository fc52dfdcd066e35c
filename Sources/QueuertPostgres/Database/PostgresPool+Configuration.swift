extension PostgresPool {
    /// How a pool is set up.
    public struct Configuration: Sendable {
        /// How many connections are kept, even if nobody uses them.
        public var minimumConnections: Int
        /// How many connections there are at most, not counting one that only prolongs leases.
        public var maximumConnections: Int
        /// How long a connection that nobody uses is kept.
        public var idleTimeout: Duration
        /// How long a task waits for a connection, or for a server that can be reached; a password that is refused, or a
        /// connection string that can't be read, is told at once.
        public var acquisitionTimeout: Duration
        /// How long making a connection may take: whole seconds, and at least the two that libpq takes.
        public var connectTimeout: Duration
        /// How long the server may take to answer one of the queue's own statements before the connection is given up; for
        /// ever if `nil`.
        ///
        /// So long the other side may also take nothing of what is sent, unless that is more than 8 MB at once.
        ///
        /// It finds out about connections whose other end has gone without a word. Your own statements take as long as they
        /// take; to end those that take too long, use the server's `statement_timeout`. Only who was cancelled waits no longer
        /// than this from then on; and each time that it is over, another connection asks whether the server is still at the
        /// statement, and if it twice is not, the connection is given up. Behind a pooler that can't be asked.
        ///
        /// The answer to a renewal of leases is given a sixth of the lease at most, or a second, and then it is tried once
        /// more on a further connection, or the leases would end meanwhile.
        public var answerTimeout: Duration?
        /// How many prepared statements each connection keeps: none where the server's connections are shared by
        /// transaction, as PgBouncer before version 1.21 does it.
        public var statementCacheLimit: Int
        /// What the connections are called in `pg_stat_activity`, unless the connection string says so.
        public var applicationName: String

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - minimumConnections: How many connections are kept; 1 by default.
        ///   - maximumConnections: How many connections there are at most; 10 by default.
        ///   - idleTimeout: How long a connection that nobody uses is kept; a minute by default.
        ///   - acquisitionTimeout: How long a task waits for a connection; 10 seconds by default.
        ///   - connectTimeout: How long making a connection may take; 5 seconds by default.
        ///   - answerTimeout: How long the server may take to answer one of the queue's statements; a minute by
        ///     default.
        ///   - statementCacheLimit: How many prepared statements each connection keeps; 512 by default.
        ///   - applicationName: What the connections are called; `queuert` by default.
        public init(
            minimumConnections: Int = 1, maximumConnections: Int = 10, idleTimeout: Duration = .seconds(60),
            acquisitionTimeout: Duration = .seconds(10), connectTimeout: Duration = .seconds(5),
            answerTimeout: Duration? = .seconds(60), statementCacheLimit: Int = 512, applicationName: String = "queuert"
        ) {
            self.maximumConnections = max(1, maximumConnections)
            self.minimumConnections = min(max(0, minimumConnections), self.maximumConnections)
            self.idleTimeout = idleTimeout
            self.acquisitionTimeout = acquisitionTimeout
            self.connectTimeout = connectTimeout
            self.answerTimeout = answerTimeout
            self.statementCacheLimit = max(0, statementCacheLimit)
            self.applicationName = applicationName
        }

        /// What libpq is told where the connection string says nothing else.
        var connectionDefaults: [(String, String)] {
            [
                ("fallback_application_name", applicationName), ("client_encoding", "UTF8"),
                // libpq counts milliseconds in 32 bits.
                ("connect_timeout", String(Int(min(max(connectTimeout / .seconds(1), 2), 2_000_000)))),
                // A server that is gone without a word is found out within a minute, even by connections that wait.
                ("keepalives_idle", "20"), ("keepalives_interval", "10"), ("keepalives_count", "3"),
                ("tcp_user_timeout", "30000"),
            ]
        }
    }

    /// What a transaction sees of others.
    ///
    /// Ending, cancelling and deleting jobs, and starting those that wait for chains, is refused unless each statement sees what
    /// was committed before it.
    public enum Isolation: Sendable {
        /// Each statement sees what was committed before it.
        case readCommitted
        /// All statements see what was committed before the first; a conflict ends the transaction.
        case repeatableRead
        /// As if transactions ran one after the other; a conflict ends the transaction.
        case serializable

        var beginning: PostgresQuery {
            switch self {
            case .readCommitted: Self.beginnings.readCommitted
            case .repeatableRead: Self.beginnings.repeatableRead
            case .serializable: Self.beginnings.serializable
            }
        }

        private static let beginnings = (
            readCommitted: PostgresQuery("BEGIN TRANSACTION ISOLATION LEVEL READ COMMITTED", isPrepared: false),
            repeatableRead: PostgresQuery("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ", isPrepared: false),
            serializable: PostgresQuery("BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE", isPrepared: false)
        )
    }
}
