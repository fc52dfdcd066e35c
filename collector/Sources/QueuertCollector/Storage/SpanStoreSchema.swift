/// The tables of the collector's database.
///
/// Whatever arrives is numbered in the order of its arrival, and the numbers lead the keys: new rows go to the end of each
/// table and index, and what is pruned goes from their beginning, which is what SQLite does fastest. Only the id of a trace
/// is looked up by a random key, once for each request that has spans of it.
enum SpanStoreSchema {
    /// The version that `statements` make, kept in SQLite's `user_version`.
    ///
    /// Version 1 kept each span as JSON. What a collector has received is worth little after such an update, so its tables are
    /// dropped.
    static let version = 5

    /// The tables of version 1.
    static let formerTables = ["trace_term", "span_link", "span", "trace"]

    /// What makes the tables of a version those of the next.
    struct Upgrade {
        /// A column of numbers.
        struct Column {
            let table: String
            let name: String
        }
        /// The column that is added, if one is; it begins with zeros.
        var column: Column?
        /// What is run then, if anything; it may be run again.
        var statement: String?
    }

    /// What finds the spans of chains that arrived last, however many of others arrived since.
    private static let spanOfChains = """
        CREATE INDEX IF NOT EXISTS span_of_chains ON span (id) WHERE chain_id IS NOT NULL
        """

    /// What makes the tables of a version those of the next.
    static let upgrades = [
        // A term leads to more than one trace.
        2: Upgrade(column: .init(table: "term", name: "more")),
        // The last segment knows the last of all numbers, those that only terms still lead to among them.
        3: Upgrade(
            column: .init(table: "segment", name: "last_trace"),
            statement: """
                UPDATE segment SET
                    last_trace = max(
                        (SELECT max(last_trace) FROM segment), (SELECT coalesce(max(id), 0) FROM trace),
                        (SELECT coalesce(max(trace + more), 0) FROM term)),
                    last_span = (SELECT max(last_span) FROM segment), last_log = (SELECT max(last_log) FROM segment),
                    last_point = (SELECT max(last_point) FROM segment)
                WHERE id = (SELECT max(id) FROM segment)
                """),
        4: Upgrade(statement: spanOfChains),
    ]

    /// The statements that make the tables in an empty database.
    static let statements = [
        // A few thousand rows that arrived one after the other: what is searched and pruned at a time. Its last numbers are
        // the highest that any row had until then, whether it is still there or not.
        """
        CREATE TABLE segment (
            id INTEGER PRIMARY KEY,
            first_received INTEGER NOT NULL,
            last_received INTEGER NOT NULL,
            row_count INTEGER NOT NULL,
            last_trace INTEGER NOT NULL DEFAULT 0,
            last_span INTEGER NOT NULL DEFAULT 0,
            last_log INTEGER NOT NULL DEFAULT 0,
            last_point INTEGER NOT NULL DEFAULT 0,
            is_pruned INTEGER NOT NULL DEFAULT 0
        ) STRICT
        """,
        // A resource and a scope, as OTLP's messages, which whatever they made refers to.
        """
        CREATE TABLE origin (
            id INTEGER PRIMARY KEY,
            hash INTEGER NOT NULL,
            service TEXT NOT NULL,
            resource BLOB NOT NULL,
            scope BLOB NOT NULL,
            last_segment INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE INDEX origin_by_hash ON origin (hash)",
        // What the list of traces needs, kept up to date as spans arrive, so that listing never counts spans.
        """
        CREATE TABLE trace (
            id INTEGER PRIMARY KEY,
            trace_id TEXT NOT NULL,
            start_time INTEGER NOT NULL,
            end_time INTEGER NOT NULL,
            longest_span INTEGER NOT NULL,
            span_count INTEGER NOT NULL,
            error_count INTEGER NOT NULL,
            root_name TEXT NOT NULL,
            root_service TEXT NOT NULL,
            root_start INTEGER NOT NULL,
            root_has_parent INTEGER NOT NULL,
            services TEXT NOT NULL,
            first_segment INTEGER NOT NULL,
            last_segment INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX trace_by_id ON trace (trace_id)",
        "CREATE INDEX trace_by_start ON trace (start_time, trace_id)",
        "CREATE INDEX trace_by_segment ON trace (last_segment)",
        // The document is OTLP's message of the whole span; the other columns are what queries look for. `trace` is the
        // number of the trace, and the ids of spans are their eight bytes as a number.
        """
        CREATE TABLE span (
            id INTEGER PRIMARY KEY,
            trace INTEGER NOT NULL,
            span_id INTEGER NOT NULL,
            parent_span_id INTEGER,
            origin INTEGER NOT NULL,
            service TEXT NOT NULL,
            name TEXT NOT NULL,
            kind INTEGER NOT NULL,
            start_time INTEGER NOT NULL,
            end_time INTEGER NOT NULL,
            duration INTEGER NOT NULL,
            status_code INTEGER NOT NULL,
            chain_id TEXT,
            job_id TEXT,
            conflict_count INTEGER NOT NULL DEFAULT 0,
            document BLOB NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX span_by_trace ON span (trace, span_id)",
        spanOfChains,
        // The links that lead from one trace to another.
        """
        CREATE TABLE span_link (
            from_trace INTEGER NOT NULL,
            from_span_id INTEGER NOT NULL,
            to_trace_id TEXT NOT NULL,
            to_span_id INTEGER NOT NULL,
            type TEXT NOT NULL
        ) STRICT
        """,
        "CREATE INDEX span_link_forward ON span_link (from_trace, to_trace_id)",
        "CREATE INDEX span_link_backward ON span_link (to_trace_id, from_trace)",
        // What traces are found by: see SearchTerm and TermRanges. Read segment by segment, newest first.
        """
        CREATE TABLE term (
            segment INTEGER NOT NULL,
            hash INTEGER NOT NULL,
            trace INTEGER NOT NULL,
            more INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (segment, hash, trace)
        ) STRICT, WITHOUT ROWID
        """,
        // The names that occur: of services, of spans, of attributes.
        """
        CREATE TABLE word (
            kind TEXT NOT NULL CHECK (kind IN ('service', 'name', 'key')),
            text TEXT NOT NULL,
            last_segment INTEGER NOT NULL,
            PRIMARY KEY (kind, text)
        ) STRICT, WITHOUT ROWID
        """,
        // A log record has no id: one that is the same to the byte is one that was sent again.
        """
        CREATE TABLE log (
            id INTEGER PRIMARY KEY,
            time INTEGER NOT NULL,
            digest INTEGER NOT NULL,
            origin INTEGER NOT NULL,
            service TEXT NOT NULL,
            severity INTEGER NOT NULL,
            trace_id TEXT,
            span_id INTEGER,
            text TEXT NOT NULL,
            document BLOB NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX log_by_time ON log (time, digest)",
        "CREATE INDEX log_by_trace ON log (trace_id, span_id, time) WHERE trace_id IS NOT NULL",
        """
        CREATE TABLE metric (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            service TEXT NOT NULL,
            kind TEXT NOT NULL,
            unit TEXT NOT NULL,
            description TEXT NOT NULL,
            temporality INTEGER NOT NULL,
            is_monotonic INTEGER NOT NULL,
            last_segment INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX metric_by_name ON metric (name, service, kind, unit)",
        // One series for each set of attributes that a metric of one origin has.
        """
        CREATE TABLE series (
            id INTEGER PRIMARY KEY,
            metric INTEGER NOT NULL,
            origin INTEGER NOT NULL,
            hash INTEGER NOT NULL,
            last_segment INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX series_by_metric ON series (metric, origin, hash)",
        """
        CREATE TABLE point (
            id INTEGER PRIMARY KEY,
            series INTEGER NOT NULL,
            time INTEGER NOT NULL,
            document BLOB NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX point_by_series ON point (series, time)",
    ]

    /// The tables, in an order in which they can be emptied.
    static let tables = [
        "point", "series", "metric", "log", "word", "term", "span_link", "span", "trace", "origin", "segment",
    ]
}
