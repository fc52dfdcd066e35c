extension SpanStoreSQL {
    // MARK: The list of traces

    /// The names of some kinds, a list in JSON, that are like a pattern, which are few compared with spans.
    static let wordsLike = """
        SELECT kind, text FROM word
        WHERE kind IN (SELECT value FROM json_each(?1)) AND text LIKE ?2 ESCAPE '\\' LIMIT ?3
        """
    /// The traces that one of some terms leads to; ?1 is a list of hashes in JSON.
    ///
    /// What arrived last comes first.
    static let tracesOfTerms = """
        SELECT DISTINCT holder.id AS trace
        FROM (SELECT id FROM segment ORDER BY id DESC) AS segment CROSS JOIN json_each(?1) AS wanted CROSS JOIN term
        CROSS JOIN trace AS holder
        WHERE term.segment = segment.id AND term.hash = wanted.value
          AND holder.id BETWEEN term.trace AND term.trace + term.more
        LIMIT ?2
        """
    /// The traces whose ids lie between two texts.
    static let tracesOfID = "SELECT id AS trace FROM trace WHERE trace_id >= ?1 AND trace_id < ?2 LIMIT ?3"
    /// What a trace itself must be like, and, of each condition in ?1, that one of its terms leads to it, or that its id
    /// begins as asked for.
    private static let isWanted = """
        trace.end_time - trace.start_time BETWEEN ?4 AND ?5
        AND (?6 IS NULL OR (trace.error_count > 0) = ?6)
        AND NOT EXISTS (
            SELECT 1 FROM json_each(?1) AS condition
            WHERE NOT (trace.trace_id GLOB json_extract(condition.value, '$.id') OR EXISTS (
                SELECT 1 FROM json_each(condition.value, '$.terms') AS wanted CROSS JOIN segment CROSS JOIN term
                WHERE segment.id BETWEEN trace.first_segment AND trace.last_segment
                  AND term.segment = segment.id AND term.hash = wanted.value
                  AND term.trace BETWEEN trace.id - \(TermRanges.limit) AND trace.id
                  AND term.trace + term.more >= trace.id)))
        """
    /// The traces among ?7, a list of numbers in JSON, that are wanted.
    static let wantedAmong = """
        SELECT trace.id FROM json_each(?7) AS candidate CROSS JOIN trace
        WHERE trace.id = candidate.value AND (trace.start_time, trace.trace_id) < (?2, ?3) AND \(isWanted)
        ORDER BY trace.start_time DESC, trace.trace_id DESC LIMIT ?8
        """
    /// The traces between two places in the list, ?2 with ?3 and ?7 with ?9, that are wanted.
    ///
    /// It ends with the last that is asked for, since the index has them in order.
    static let wantedBetween = """
        SELECT trace.id FROM trace
        WHERE (trace.start_time, trace.trace_id) < (?2, ?3) AND (trace.start_time, trace.trace_id) >= (?7, ?9)
          AND \(isWanted)
        ORDER BY trace.start_time DESC, trace.trace_id DESC LIMIT ?8
        """
    /// Where the list is after ?3 more traces.
    static let placeAfter = """
        SELECT start_time, trace_id FROM trace WHERE (start_time, trace_id) < (?1, ?2)
        ORDER BY start_time DESC, trace_id DESC LIMIT 1 OFFSET ?3
        """
    /// What the list says of traces; ?1 is a list of numbers in JSON.
    static let summaries = """
        SELECT \(summaryColumns) FROM trace WHERE id IN (SELECT value FROM json_each(?1))
        ORDER BY start_time DESC, trace_id DESC
        """

    // MARK: Chains

    private static let chainColumns = """
        span.id, span.trace, span.span_id, span.parent_span_id, span.origin, span.service, span.name, span.kind,
        span.start_time, span.end_time, span.duration, span.status_code, span.chain_id, span.job_id
        """
    /// The spans of chains that arrived last.
    static let latestOfChains = """
        SELECT \(chainColumns) FROM span INDEXED BY span_of_chains WHERE chain_id IS NOT NULL ORDER BY id DESC LIMIT ?
        """
    /// The spans of chains, but for those of what was done within jobs; ?1 and ?2 are the hashes and the ids in JSON.
    static let spansOfChains = """
        SELECT \(chainColumns) FROM (
            SELECT DISTINCT trace.id AS trace
            FROM json_each(?1) AS wanted CROSS JOIN segment CROSS JOIN term CROSS JOIN trace
            WHERE term.segment = segment.id AND term.hash = wanted.value
              AND trace.id BETWEEN term.trace AND term.trace + term.more) AS holder
        CROSS JOIN span
        WHERE span.trace = holder.trace AND span.chain_id IN (SELECT value FROM json_each(?2)) LIMIT ?3
        """
    /// The spans of traces, as far as it takes to know what is below what; ?1 is a list of numbers in JSON.
    static let treeOfTraces = """
        SELECT \(chainColumns) FROM json_each(?1) AS wanted CROSS JOIN span WHERE span.trace = wanted.value LIMIT ?2
        """
    /// The chains of spans of other traces that link to a span as what blocks them.
    static let blockedFromElsewhere = """
        SELECT DISTINCT span.chain_id FROM span_link JOIN span
            ON span.trace = span_link.from_trace AND span.span_id = span_link.from_span_id
        WHERE to_trace_id = ?1 AND to_span_id = ?2 AND type = 'blocker' AND span.chain_id IS NOT NULL LIMIT ?3
        """
    static let traceID = "SELECT trace_id FROM trace WHERE id = ?"
    static let spanByNumber = "SELECT origin, document FROM span WHERE id = ?"

    // MARK: What arrived last

    static let latest = "SELECT \(chainColumns) FROM span ORDER BY id DESC LIMIT ?"
    static let latestDocuments = "SELECT origin, document FROM span ORDER BY id DESC LIMIT ?"
}
