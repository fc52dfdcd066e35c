internal import Foundation
internal import QueuertSQLite

extension SpanStore {
    /// How many terms a search looks up, one trace after the other, before it answers with what it has found.
    private static let scanLimit = 20_000
    /// Up to how many traces that a term leads to are looked at directly, in whatever order they are.
    private static let candidateLimit = 2_000
    /// How many names a condition may fit: each of them is looked up.
    fileprivate static let wordLimit = 1_000

    /// Reads a page of the list of traces.
    ///
    /// A search for something rare may end before it has looked at everything, so that it always ends soon: then the page
    /// isn't full, and its `next` says where to go on.
    ///
    /// - Parameters:
    ///   - limit: How many traces to read at most.
    ///   - cursor: Where the page begins; `nil` for the newest trace.
    ///   - search: What the traces must have.
    /// - Returns: The traces, newest first.
    /// - Throws: `TraceSearchError` if a condition fits too many names; `StoreError` if the database can't be read.
    package func traces(
        limit: Int, before cursor: TraceCursor? = nil, matching search: TraceSearch = .everything
    ) async throws -> TracePage {
        try await read { database -> Result<TracePage, TraceSearchError> in
            let start = cursor ?? TraceCursor(startTime: .max, traceID: "g")
            guard search != .everything else {
                let rows = try database.query(SpanStoreSQL.page, [start.startTime, start.traceID, limit + 1])
                return .success(Self.page(rows.map(Self.summary), limit: limit))
            }
            let conditions: [SearchRun.Condition]
            do {
                conditions = try search.conditions.map { try SearchRun.condition($0, database) }
            } catch let error as TraceSearchError { return .failure(error) }
            let run = SearchRun(search, conditions, limit: limit, before: start)
            return .success(try run.page(candidateLimit: Self.candidateLimit, scanLimit: Self.scanLimit, database))
        }.get()
    }

    /// A page of summaries, of which one more than wanted tells that there is another page.
    fileprivate static func page(_ summaries: [TraceSummary], limit: Int) -> TracePage {
        let page = Array(summaries.prefix(limit))
        let next = summaries.count > limit ? page.last : nil
        return TracePage(
            traces: page,
            next: next.map { TraceCursor(startTime: Int64(clamping: $0.startTime), traceID: $0.traceID) })
    }
}

/// One search.
private struct SearchRun {
    /// A condition, as the statements take it.
    struct Condition: Encodable {
        /// The terms of which one must lead to the trace.
        var terms: [Int64]
        /// What the trace's id is like otherwise.
        var id: String
    }

    private let search: TraceSearch
    private let limit: Int
    private let start: TraceCursor
    private let conditions: [Condition]

    init(_ search: TraceSearch, _ conditions: [Condition], limit: Int, before start: TraceCursor) {
        self.search = search
        self.limit = limit
        self.start = start
        self.conditions = conditions
    }

    func page(
        candidateLimit: Int, scanLimit: Int, _ database: isolated SQLiteConnection
    ) throws -> TracePage {
        // What the rarest condition leads to is looked at directly, if that is little.
        var rarest: (place: Int, traces: [Int64])?
        for (place, condition) in conditions.enumerated() {
            let found = try Self.candidates(of: condition, limit: candidateLimit + 1, database)
            if found.count <= candidateLimit, found.count < rarest?.traces.count ?? .max { rarest = (place, found) }
        }
        if let rarest {
            var others = conditions
            others.remove(at: rarest.place)
            let found = try wanted(SpanStoreSQL.wantedAmong, others, .traces(JSONText.of(rarest.traces)), database)
            return SpanStore.page(try summaries(found, database), limit: limit)
        }
        let count = max(1000, scanLimit / (1 + conditions.reduce(0) { $0 + $1.terms.count }))
        let row = try database.query(SpanStoreSQL.placeAfter, [start.startTime, start.traceID, count - 1]).first
        let end = row.map { TraceCursor(startTime: $0.int64("start_time") ?? 0, traceID: $0.text("trace_id") ?? "") }
        let found = try wanted(SpanStoreSQL.wantedBetween, conditions, .place(end), database)
        var page = SpanStore.page(try summaries(found, database), limit: limit)
        page.next = page.next ?? end
        return page
    }

    /// The traces that meet a condition, but no more than so many.
    private static func candidates(
        of condition: Condition, limit: Int, _ database: isolated SQLiteConnection
    ) throws -> [Int64] {
        var found: Set<Int64> = []
        if !condition.terms.isEmpty {
            let rows = try database.query(SpanStoreSQL.tracesOfTerms, [JSONText.of(condition.terms), limit])
            found.formUnion(rows.compactMap { $0.int64("trace") })
        }
        if condition.id.hasSuffix("*") {
            // No digit of an id comes after f.
            let beginning = String(condition.id.dropLast())
            let rows = try database.query(SpanStoreSQL.tracesOfID, [beginning, beginning + "g", limit])
            found.formUnion(rows.compactMap { $0.int64("trace") })
        }
        return Array(found)
    }

    private enum Scope {
        /// Traces by their numbers, in JSON.
        case traces(String)
        /// What begins no sooner than a place in the list.
        case place(TraceCursor?)
    }

    private func wanted(
        _ statement: String, _ conditions: [Condition], _ scope: Scope, _ database: isolated SQLiteConnection
    ) throws -> [Int64] {
        var parameters: [(any SQLiteBindable)?] = [
            try JSONText.of(conditions), start.startTime, start.traceID, search.shortest, search.longest,
            search.hasError.map { $0 ? 1 : 0 },
        ]
        switch scope {
        case .traces(let numbers): parameters += [numbers, limit + 1]
        case .place(let end): parameters += [end?.startTime ?? .min, limit + 1, end?.traceID ?? ""]
        }
        return try database.query(statement, parameters).compactMap { $0.int64("id") }
    }

    private func summaries(_ numbers: [Int64], _ database: isolated SQLiteConnection) throws -> [TraceSummary] {
        try database.query(SpanStoreSQL.summaries, [JSONText.of(numbers)]).map(SpanStore.summary)
    }

    static func condition(
        _ condition: TraceSearch.Condition, _ database: isolated SQLiteConnection
    ) throws -> Condition {
        switch condition {
        case .service(let name): return Condition(terms: [SearchTerm.service(name).hash], id: "")
        case .chain(let id): return Condition(terms: [SearchTerm.chain(id).hash], id: "")
        case .job(let id): return Condition(terms: [SearchTerm.job(id).hash], id: "")
        case .attribute(let key, let value):
            return Condition(terms: [SearchTerm.attribute(key, value).hash], id: "")
        case .trace(let id): return Condition(terms: [], id: idPattern(id) ?? "-")
        case .name(let name):
            guard name.contains("*") else { return Condition(terms: [SearchTerm.name(name).hash], id: "") }
            let pattern = SpanStore.escapedPattern(name).replacing("*", with: "%")
            return Condition(terms: try words(["name"], like: pattern, of: name, database).map(\.hash), id: "")
        case .word(let text):
            let pattern = "%\(SpanStore.escapedPattern(text))%"
            let terms = try words(["service", "name"], like: pattern, of: text, database)
            return Condition(
                terms: (terms + [.chain(text), .job(text), .attribute("error.type", text)]).map(\.hash),
                // One or two letters are more likely to be a word's.
                id: text.count < 4 ? "" : idPattern(text.lowercased()) ?? "")
        }
    }

    /// What an id looks like that begins with a text; `nil` if none can.
    private static func idPattern(_ text: String) -> String? {
        let isBeginning = text.count <= HexadecimalID.traceLength && text.allSatisfy { $0.isHexDigit && $0.isASCII }
        return isBeginning ? text + "*" : nil
    }

    /// The names of some kinds that are like the pattern that was made of a text.
    private static func words(
        _ kinds: [String], like pattern: String, of typed: String, _ database: isolated SQLiteConnection
    ) throws -> [SearchTerm] {
        let limit = SpanStore.wordLimit
        let rows = try database.query(SpanStoreSQL.wordsLike, [JSONText.of(kinds), pattern, limit + 1])
        // Without some of them, the list would look as if it were whole.
        guard rows.count <= limit else {
            throw TraceSearchError("\(typed) fits more than \(limit) names", hint: "Write more of the name.")
        }
        return rows.compactMap { row in
            guard let text = row.text("text") else { return nil }
            return row.text("kind") == "service" ? .service(text) : .name(text)
        }
    }
}

/// Lists for statements that take any number of values.
enum JSONText {
    /// Writes a value as JSON.
    static func of(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
}
