/// The tables of the collector's database.
enum SpanStoreSchema {
    /// The version that `statements` make, kept in SQLite's `user_version`.
    static let version = 1

    /// The statements that make the tables in an empty database.
    static let statements = [
        // What the list of traces needs, kept up to date as spans arrive, so that listing never counts spans.
        """
        CREATE TABLE trace (
            trace_id TEXT NOT NULL PRIMARY KEY,
            start_time INTEGER NOT NULL,
            end_time INTEGER NOT NULL,
            span_count INTEGER NOT NULL,
            error_count INTEGER NOT NULL,
            root_name TEXT NOT NULL,
            root_service TEXT NOT NULL,
            root_start INTEGER NOT NULL,
            root_has_parent INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        """,
        "CREATE INDEX trace_by_start ON trace (start_time, trace_id)",
        // The document is the whole span; the other columns are what queries look for.
        """
        CREATE TABLE span (
            trace_id TEXT NOT NULL,
            span_id TEXT NOT NULL,
            parent_span_id TEXT NOT NULL,
            name TEXT NOT NULL,
            kind INTEGER NOT NULL,
            service TEXT NOT NULL,
            scope TEXT NOT NULL,
            start_time INTEGER NOT NULL,
            end_time INTEGER NOT NULL,
            status_code INTEGER NOT NULL,
            chain_id TEXT,
            document TEXT NOT NULL,
            conflict_count INTEGER NOT NULL DEFAULT 0,
            UNIQUE (trace_id, span_id)
        ) STRICT
        """,
        "CREATE INDEX span_by_chain ON span (chain_id, start_time) WHERE chain_id IS NOT NULL",
        """
        CREATE TABLE span_link (
            from_trace_id TEXT NOT NULL,
            from_span_id TEXT NOT NULL,
            to_trace_id TEXT NOT NULL,
            to_span_id TEXT NOT NULL,
            type TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX span_link_forward ON span_link (from_trace_id, to_trace_id)",
        "CREATE INDEX span_link_backward ON span_link (to_trace_id, from_trace_id)",
        // The distinct words of a trace, for the list's filter.
        """
        CREATE TABLE trace_term (
            trace_id TEXT NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('name', 'service', 'chain')),
            term TEXT NOT NULL,
            PRIMARY KEY (trace_id, kind, term)
        ) STRICT, WITHOUT ROWID
        """,
    ]
}

/// The statements that the store runs.
enum SpanStoreSQL {
    static let insertSpan = """
        INSERT INTO span (trace_id, span_id, parent_span_id, name, kind, service, scope, start_time, end_time,
                          status_code, chain_id, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    static let markConflict = """
        UPDATE span SET conflict_count = conflict_count + 1 WHERE trace_id = ? AND span_id = ? AND document <> ?
        """
    static let insertLink = """
        INSERT INTO span_link (from_trace_id, from_span_id, to_trace_id, to_span_id, type) VALUES (?, ?, ?, ?, ?)
        """
    static let insertTerm = "INSERT INTO trace_term (trace_id, kind, term) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"

    /// A span without a parent is the root; until it is there, the earliest span stands in for it.
    static let mergeTrace = """
        INSERT INTO trace (trace_id, start_time, end_time, span_count, error_count,
                           root_name, root_service, root_start, root_has_parent)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (trace_id) DO UPDATE SET
            start_time = min(start_time, excluded.start_time),
            end_time = max(end_time, excluded.end_time),
            span_count = span_count + excluded.span_count,
            error_count = error_count + excluded.error_count,
            root_name = iif((excluded.root_has_parent, excluded.root_start) < (root_has_parent, root_start),
                            excluded.root_name, root_name),
            root_service = iif((excluded.root_has_parent, excluded.root_start) < (root_has_parent, root_start),
                               excluded.root_service, root_service),
            root_start = iif((excluded.root_has_parent, excluded.root_start) < (root_has_parent, root_start),
                             excluded.root_start, root_start),
            root_has_parent = min(root_has_parent, excluded.root_has_parent)
        """

    private static let summaryColumns = """
        trace_id, start_time, end_time, span_count, error_count, root_name, root_service,
        (SELECT json_group_array(term) FROM trace_term AS service
         WHERE service.trace_id = trace.trace_id AND kind = 'service') AS services,
        (SELECT count(*) FROM (
            SELECT to_trace_id FROM span_link
            WHERE from_trace_id = trace.trace_id AND to_trace_id <> trace.trace_id
            UNION
            SELECT from_trace_id FROM span_link
            WHERE to_trace_id = trace.trace_id AND from_trace_id <> trace.trace_id)) AS linked_trace_count
        """
    static let summary = "SELECT \(summaryColumns) FROM trace WHERE trace_id = ?"
    static let page = """
        SELECT \(summaryColumns) FROM trace
        WHERE (start_time, trace_id) < (?1, ?2)
          AND (?3 = '%%' OR trace_id LIKE ?3 ESCAPE '\\' OR EXISTS (
            SELECT 1 FROM trace_term AS found WHERE found.trace_id = trace.trace_id AND found.term LIKE ?3 ESCAPE '\\'))
        ORDER BY start_time DESC, trace_id DESC
        LIMIT ?4
        """
    static let spansOfTrace = """
        SELECT span_id, document, conflict_count FROM span WHERE trace_id = ? ORDER BY start_time, end_time DESC LIMIT ?
        """
    static let neighbours = """
        SELECT to_trace_id AS trace_id FROM span_link WHERE from_trace_id = ?1
        UNION
        SELECT from_trace_id FROM span_link WHERE to_trace_id = ?1
        LIMIT ?2
        """
    static let spansOfChain = """
        SELECT trace_id, document FROM span WHERE chain_id = ? ORDER BY start_time, end_time DESC LIMIT ?
        """
    static let removeEverything = [
        "DELETE FROM span", "DELETE FROM span_link", "DELETE FROM trace_term", "DELETE FROM trace",
    ]
}
