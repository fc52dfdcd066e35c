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

    /// Whether the process may be at work, as another connection sees it.
    ///
    /// - Parameter handle: A connection to the same address.
    /// - Returns: `false` only if the process is known to be gone, or to wait for a statement or the rest of one.
    func isAtWork(seenFrom handle: PostgresHandle) -> Bool {
        let command = PostgresCommand(query: Self.query(of: "\(number)"))
        guard let row = try? handle.run([command]).results.first?.first, row.optionalText(0) == serverBeginning else {
            // Nobody answers, or it is another server.
            return true
        }
        if row.isNull(1) { return false }
        // Whoever may not see them has `nil` for both.
        guard let beginning = row.optionalText(2), let state = row.optionalText(3) else { return true }
        return beginning == self.beginning && !state.hasPrefix("idle") && row.optionalText(4) != "ClientRead"
    }
}
