/// The server's process that belongs to a connection, of which other connections can tell whether it is at work.
struct ServerProcess {
    private let number: Int32
    /// When the process began, and when the server did: others may come to have the number, or the address.
    private let beginning, serverBeginning: String?

    /// A query for the process of a number, or for who runs the query.
    static func query(of number: String = "pg_backend_pid()") -> PostgresQuery {
        PostgresQuery(
            """
            SELECT extract(epoch FROM pg_postmaster_start_time())::text, p.pid, extract(epoch FROM p.backend_start)::text,
                p.state, p.wait_event
            FROM (SELECT 1) one LEFT JOIN pg_stat_get_activity(\(number)) p ON true
            """, isPrepared: false)
    }

    /// Reads what the process says of itself; `nil` behind a pooler.
    ///
    /// - Parameters:
    ///   - row: The answer to ``query(of:)``.
    ///   - announcedNumber: What was told when the connection was made: where a pooler says so, the process may be another one
    ///     with each statement.
    init?(_ row: PostgresResult.Row, announcedNumber: Int32) {
        guard !row.isNull(1), row.int32(1) == announcedNumber else { return nil }
        number = announcedNumber
        beginning = row.optionalText(2)
        serverBeginning = row.optionalText(0)
    }

    /// What a process does.
    enum Activity {
        /// It runs a statement.
        case atWork
        /// It is gone, or waits for a statement or the rest of one.
        case idle
        /// Nobody answers, it is another server, or what it does may not be seen.
        case unknown
    }

    /// What the process does, as another connection sees it.
    ///
    /// - Parameter handle: A connection to the same address.
    /// - Returns: What it does.
    func activity(seenFrom handle: PostgresHandle) -> Activity {
        let command = PostgresCommand(query: Self.query(of: "\(number)"))
        guard let row = try? handle.run([command]).results.first?.first, row.optionalText(0) == serverBeginning else {
            return .unknown
        }
        if row.isNull(1) { return .idle }
        // Whoever may not see them has `nil` for both, and where `track_activities` is off, nobody knows.
        guard let beginning = row.optionalText(2), let state = row.optionalText(3), state != "disabled" else {
            return .unknown
        }
        let isIdle = beginning != self.beginning || state.hasPrefix("idle") || row.optionalText(4) == "ClientRead"
        return isIdle ? .idle : .atWork
    }
}
