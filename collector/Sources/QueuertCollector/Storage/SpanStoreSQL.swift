/// The statements that the store runs for spans.
enum SpanStoreSQL {
    // MARK: Segments and origins

    static let lastSegment = "SELECT id, first_received, row_count, is_pruned FROM segment ORDER BY id DESC LIMIT 1"
    static let insertSegment = """
        INSERT INTO segment (id, first_received, last_received, row_count, last_trace, last_span, last_log, last_point)
        SELECT ?1, ?2, ?2, 0, coalesce(max(last_trace), 0), coalesce(max(last_span), 0), coalesce(max(last_log), 0),
               coalesce(max(last_point), 0)
        FROM segment
        """
    /// The last number of a segment, or that of a row: a collector of an earlier version, which runs on when the database is
    /// upgraded, leaves the segment's as they are.
    static func lastNumber(in table: NumberedTable) -> String {
        """
        SELECT max(\(table.lastNumber), (SELECT coalesce(max(id), 0) FROM \(table.rawValue))) AS number
        FROM segment WHERE id = ?
        """
    }
    static let growSegment = """
        UPDATE segment SET row_count = row_count + ?2, last_received = ?3,
            last_trace = max(last_trace, (SELECT coalesce(max(id), 0) FROM trace)),
            last_span = max(last_span, (SELECT coalesce(max(id), 0) FROM span)),
            last_log = max(last_log, (SELECT coalesce(max(id), 0) FROM log)),
            last_point = max(last_point, (SELECT coalesce(max(id), 0) FROM point))
        WHERE id = ?1
        """
    static let findOrigin = "SELECT id, last_segment FROM origin WHERE hash = ? AND resource = ? AND scope = ?"
    static let insertOrigin = """
        INSERT INTO origin (hash, service, resource, scope, last_segment) VALUES (?, ?, ?, ?, ?) RETURNING id
        """
    static let touchOrigin = "UPDATE origin SET last_segment = ?2 WHERE id = ?1"
    static let origin = "SELECT service, resource, scope FROM origin WHERE id = ?"
    static let touchWord = """
        INSERT INTO word (kind, text, last_segment) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET last_segment = excluded.last_segment WHERE last_segment < excluded.last_segment
        """

    // MARK: Spans

    static let findTrace = """
        SELECT id, start_time, end_time, longest_span, span_count, error_count, root_name, root_service, root_start,
               root_has_parent, services, first_segment
        FROM trace WHERE trace_id = ?
        """
    /// A span without a parent is the root; until it is there, the earliest span stands in for it.
    static let putTrace = """
        INSERT INTO trace (id, trace_id, start_time, end_time, longest_span, span_count, error_count, root_name,
                           root_service, root_start, root_has_parent, services, first_segment, last_segment)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET
            start_time = excluded.start_time, end_time = excluded.end_time, longest_span = excluded.longest_span,
            span_count = excluded.span_count, error_count = excluded.error_count, root_name = excluded.root_name,
            root_service = excluded.root_service, root_start = excluded.root_start,
            root_has_parent = excluded.root_has_parent, services = excluded.services,
            last_segment = excluded.last_segment
        """
    static let insertSpan = """
        INSERT INTO span (id, trace, span_id, parent_span_id, origin, service, name, kind, start_time, end_time,
                          duration, status_code, chain_id, job_id, document)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """
    static let findSpan = "SELECT id, origin, document FROM span WHERE trace = ? AND span_id = ?"
    static let markConflict = "UPDATE span SET conflict_count = conflict_count + 1 WHERE id = ?"
    static let insertLink = """
        INSERT INTO span_link (from_trace, from_span_id, to_trace_id, to_span_id, type) VALUES (?, ?, ?, ?, ?)
        """
    static let insertTerm = """
        INSERT INTO term (segment, hash, trace, more) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET more = excluded.more WHERE more < excluded.more
        """

    // MARK: Queries

    static let summaryColumns = """
        trace_id, start_time, end_time, span_count, error_count, root_name, root_service, services,
        (SELECT count(*) FROM (
            SELECT to_trace_id FROM span_link WHERE from_trace = trace.id
            UNION
            SELECT origin.trace_id FROM span_link JOIN trace AS origin ON origin.id = span_link.from_trace
            WHERE to_trace_id = trace.trace_id)) AS linked_trace_count
        """
    static let summary = "SELECT \(summaryColumns) FROM trace WHERE trace_id = ?"
    static let page = """
        SELECT \(summaryColumns) FROM trace
        WHERE (start_time, trace_id) < (?1, ?2) ORDER BY start_time DESC, trace_id DESC LIMIT ?3
        """
    static let spansOfTrace = """
        SELECT span.span_id, span.origin, span.document, span.conflict_count
        FROM span JOIN trace ON trace.id = span.trace
        WHERE trace.trace_id = ? ORDER BY span.start_time, span.end_time DESC LIMIT ?
        """
    static let neighbours = """
        SELECT to_trace_id AS trace_id FROM span_link JOIN trace ON trace.id = span_link.from_trace
        WHERE trace.trace_id = ?1
        UNION
        SELECT trace.trace_id FROM span_link JOIN trace ON trace.id = span_link.from_trace WHERE to_trace_id = ?1
        LIMIT ?2
        """
    /// The spans of a chain; ?1 is the hash of its term, ?2 its id.
    static let spansOfChain = """
        SELECT trace.trace_id, span.origin, span.document
        FROM span JOIN trace ON trace.id = span.trace
        WHERE span.trace IN (
            SELECT holder.id FROM segment JOIN term ON term.segment = segment.id AND term.hash = ?1
            JOIN trace AS holder ON holder.id BETWEEN term.trace AND term.trace + term.more)
          AND span.chain_id = ?2
        ORDER BY span.start_time, span.end_time DESC LIMIT ?3
        """
}
