internal import QueuertSQLite

/// How much is kept.
package struct RetentionConfiguration: Sendable {
    /// How large the database may become, in bytes, without its write-ahead log.
    package var bytes: Int
    /// How old anything may become, from when it was received; `nil` for ever.
    package var age: Duration?

    /// Makes a configuration.
    ///
    /// - Parameters:
    ///   - bytes: How large the database may become; 2 GiB by default.
    ///   - age: How old anything may become; seven days by default.
    package init(bytes: Int = 2 << 30, age: Duration? = .seconds(7 * 86_400)) {
        self.bytes = bytes
        self.age = age
    }
}

/// What one step of pruning removed.
struct PruningStep: Hashable, Sendable {
    /// Whether there is nothing to remove now.
    var isDone = false
    var traces = 0
    var spans = 0
    var logs = 0
    var points = 0
}

extension SpanStore {
    /// How many spans one step removes, about.
    private static let spansPerStep = 2_000

    /// Removes some of what is too much or too old: the traces that nothing was added to for longest, and the log records and
    /// points that arrived with them.
    ///
    /// One step is short, and whoever writes has a turn between two of them.
    ///
    /// - Parameter retention: How much is kept.
    /// - Returns: What was removed.
    /// - Throws: `StoreError` if the database can't be written.
    func prune(_ retention: RetentionConfiguration) async throws(StoreError) -> PruningStep {
        let size = try await usedBytes()
        // An age of centuries has more nanoseconds than an integer holds.
        let age = retention.age.map { Int64(exactly: ($0 / .nanoseconds(1)).rounded()) ?? .max }
        let oldest = age.map { clock() - $0 } ?? .min
        let isDue = try await read { database in
            guard let segment = try database.query(PruningSQL.oldestSegment).first else { return false }
            return size > retention.bytes || (segment.int64("last_received") ?? 0) < oldest
        }
        guard isDue else { return PruningStep(isDone: true) }
        return try await write { database in
            guard let segment = try database.query(PruningSQL.oldestSegment).first, let id = segment.int64("id") else {
                return PruningStep(isDone: true)
            }
            var step = PruningStep()
            let traces = try database.query(PruningSQL.traces, [id, 500])
            for trace in traces where step.spans < Self.spansPerStep {
                try Self.remove(trace, from: database, &step)
            }
            if traces.isEmpty { try self.finish(segment, id, on: database, &step) }
            return step
        }
    }

    /// How large the database is, without the pages that are free.
    ///
    /// - Returns: The number of bytes.
    /// - Throws: `StoreError` if the database can't be read.
    func usedBytes() async throws(StoreError) -> Int {
        try await read { database in
            let values = try ["page_count", "freelist_count", "page_size"].map { name in
                try database.query("PRAGMA \(name)").first?.int(name) ?? 0
            }
            return (values[0] - values[1]) * values[2]
        }
    }

    private static func remove(
        _ trace: SQLiteRow, from database: isolated SQLiteConnection, _ step: inout PruningStep
    ) throws {
        guard let id = trace.int64("id") else { return }
        let left = spansPerStep - step.spans
        let removed = try database.execute(PruningSQL.removeSpans, [id, left])
        step.spans += removed
        // A trace that is larger than a step goes in several.
        guard removed < left else { return }
        try database.execute(PruningSQL.removeLinks, [id])
        try database.execute(PruningSQL.removeTrace, [id])
        step.traces += 1
    }

    /// Removes the oldest spans and links of traces that live on and on, or one that never ends would outlast all others.
    ///
    /// - Parameters:
    ///   - last: The number of the last span that is to be removed at all.
    ///   - database: The database.
    ///   - step: Counts them.
    /// - Throws: `SQLiteError` if they can't be removed.
    private func removeBeginnings(
        upTo last: Int64, on database: isolated SQLiteConnection, _ step: inout PruningStep
    ) throws {
        guard let range = try database.query(PruningSQL.spanRange).first, let oldest = range.int64("oldest"),
            let newest = range.int64("newest")
        else { return }
        // A trace may reach back for a quarter of what is stored, or for some segments if that is more.
        let horizon = last - max((newest - oldest) / 4, Int64(8 * segmentLimits.rows))
        guard oldest <= horizon else { return }
        for row in try database.query(PruningSQL.beginnings, [horizon]) {
            try database.execute(PruningSQL.shortenTrace, [row.int64("trace"), row.int64("count")])
        }
        step.spans += try database.execute(PruningSQL.removeBeginnings, [horizon])
        try database.execute(PruningSQL.removeLinksOfBeginnings, [horizon])
    }

    /// Removes the names that occurred last in a segment or before it, but for those by which a trace is found that lives on.
    private static func removeWords(upTo segment: Int64, from database: isolated SQLiteConnection) throws {
        for row in try database.query(PruningSQL.words, [segment]) {
            guard let kind = row.text("kind"), let text = row.text("text") else { continue }
            let term: SearchTerm? =
                switch kind {
                case "service": .service(text)
                case "name": .name(text)
                default: nil
                }
            if let term, try !database.query(PruningSQL.termOfWord, [segment, term.hash]).isEmpty { continue }
            try database.execute(PruningSQL.removeWord, [kind, text])
        }
    }

    /// Removes what is left of a segment whose traces are gone, or live on in later ones.
    private func finish(
        _ segment: SQLiteRow, _ id: Int64, on database: isolated SQLiteConnection, _ step: inout PruningStep
    ) throws {
        try removeBeginnings(upTo: segment.int64("last_span") ?? 0, on: database, &step)
        step.logs += try database.execute(PruningSQL.removeLogs, [segment.int64("last_log")])
        step.points += try database.execute(PruningSQL.removePoints, [segment.int64("last_point")])
        try database.execute(PruningSQL.removeTerms, [id])
        try database.execute(PruningSQL.removeTermsOfBeginnings)
        try Self.removeWords(upTo: id, from: database)
        for statement in PruningSQL.removeUnused { try database.execute(statement, [id]) }
        try database.execute(PruningSQL.removeOrigins, [id, segment.int64("last_span")])
        try database.execute(PruningSQL.markSegment, [id])
        try database.execute(PruningSQL.removeSegments)
    }
}

/// The statements that remove what is too much or too old.
private enum PruningSQL {
    static let oldestSegment = """
        SELECT id, last_received, last_span, last_log, last_point FROM segment WHERE is_pruned = 0 ORDER BY id LIMIT 1
        """
    static let traces = "SELECT id FROM trace WHERE last_segment <= ? ORDER BY last_segment LIMIT ?"
    static let removeSpans = "DELETE FROM span WHERE id IN (SELECT id FROM span WHERE trace = ? LIMIT ?)"
    static let spanRange = "SELECT (SELECT min(id) FROM span) AS oldest, (SELECT max(id) FROM span) AS newest"
    static let beginnings = "SELECT trace, count(*) AS count FROM span WHERE id <= ? GROUP BY trace"
    static let removeBeginnings = "DELETE FROM span WHERE id <= ?"
    /// Links are in the order of their spans: all that come before the first whose span stays.
    static let removeLinksOfBeginnings = """
        DELETE FROM span_link WHERE rowid < coalesce((
            SELECT link.rowid FROM span_link AS link
            CROSS JOIN span ON span.trace = link.from_trace AND span.span_id = link.from_span_id
            WHERE span.id > ? ORDER BY link.rowid LIMIT 1), 9223372036854775807)
        """
    static let shortenTrace = "UPDATE trace SET span_count = max(1, span_count - ?2) WHERE id = ?1"
    static let removeLinks = "DELETE FROM span_link WHERE from_trace = ?"
    static let removeTrace = "DELETE FROM trace WHERE id = ?"
    static let removeLogs = "DELETE FROM log WHERE id <= ?"
    static let removePoints = "DELETE FROM point WHERE id <= ?"
    static let removeTerms = """
        DELETE FROM term WHERE segment <= ? AND NOT EXISTS (
            SELECT 1 FROM trace WHERE trace.id BETWEEN term.trace AND term.trace + term.more)
        """
    /// Of segments none of whose spans is left, although traces live on that had some there.
    static let removeTermsOfBeginnings = """
        DELETE FROM term WHERE segment IN (
            SELECT id FROM segment WHERE is_pruned = 1 AND last_span < (SELECT min(id) FROM span))
        """
    static let words = "SELECT kind, text FROM word WHERE last_segment <= ?"
    /// The segment in which the name occurred last is the likeliest.
    static let termOfWord = """
        SELECT term.trace FROM (SELECT id FROM segment WHERE id <= ?1 ORDER BY id DESC) AS segment CROSS JOIN term
        WHERE term.segment = segment.id AND term.hash = ?2 LIMIT 1
        """
    static let removeWord = "DELETE FROM word WHERE kind = ? AND text = ?"
    static let removeUnused = ["series", "metric"].map { "DELETE FROM \($0) WHERE last_segment <= ?" }
    /// Spans that arrived until then and are still there belong to traces that live on: few, if any.
    static let removeOrigins = """
        DELETE FROM origin WHERE last_segment <= ?1
            AND NOT EXISTS (SELECT 1 FROM span WHERE span.id <= ?2 AND span.origin = origin.id)
        """
    static let markSegment = "UPDATE segment SET is_pruned = 1 WHERE id = ?"
    static let removeSegments = """
        DELETE FROM segment
        WHERE is_pruned = 1 AND NOT EXISTS (SELECT 1 FROM term WHERE term.segment = segment.id)
        """
}
