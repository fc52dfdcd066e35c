internal import Foundation
internal import QueuertSQLite

extension SpanStore {
    /// How many traces a search looks at one by one before it answers with what it has found.
    private static let scanLimit = 10_000
    /// Up to how many traces that a term leads to are looked at directly, in whatever order they are.
    private static let candidateLimit = 2_000

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
    /// - Throws: `StoreError` if the database can't be read.
    package func traces(
        limit: Int, before cursor: TraceCursor? = nil, matching search: TraceSearch = .everything
    ) async throws(StoreError) -> TracePage {
        try await read { database in
            let start = cursor ?? TraceCursor(startTime: .max, traceID: "g")
            guard search != .everything else {
                let rows = try database.query(SpanStoreSQL.page, [start.startTime, start.traceID, limit + 1])
                return Self.page(rows.map(Self.summary), limit: limit)
            }
            return try SearchRun(search, database, limit: limit, before: start).page(
                candidateLimit: Self.candidateLimit, scanLimit: Self.scanLimit, database)
        }
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
    private struct Condition: Encodable {
        /// The terms of which one must lead to the trace.
        var terms: [Int64]
        /// What the trace's id is like otherwise.
        var id: String
    }

    private let search: TraceSearch
    private let limit: Int
    private let start: TraceCursor
    private let conditions: [Condition]
    private let conditionsText: String

    init(
        _ search: TraceSearch, _ database: isolated SQLiteConnection, limit: Int, before start: TraceCursor
    ) throws {
        self.search = search
        self.limit = limit
        self.start = start
        var conditions: [Condition] = []
        for condition in search.conditions { conditions.append(try Self.condition(condition, database)) }
        self.conditions = conditions
        conditionsText = try JSONText.of(conditions)
    }

    func page(
        candidateLimit: Int, scanLimit: Int, _ database: isolated SQLiteConnection
    ) throws -> TracePage {
        // What the rarest condition leads to is looked at directly, if that is little.
        var candidates: [Int64]?
        for condition in conditions where condition.id.isEmpty {
            let found = try database.query(
                SpanStoreSQL.tracesOfTerms, [JSONText.of(condition.terms), candidateLimit + 1]
            ).compactMap { $0.int64("trace") }
            if found.count <= candidateLimit, found.count < candidates?.count ?? .max { candidates = found }
        }
        if let candidates {
            let found = try wanted(SpanStoreSQL.wantedAmong, .text(JSONText.of(candidates)), database)
            return SpanStore.page(try summaries(found, database), limit: limit)
        }
        let found = try wanted(SpanStoreSQL.wantedBefore, .int(Int64(scanLimit)), database)
        var page = SpanStore.page(try summaries(found, database), limit: limit)
        if page.next == nil {
            let place = try database.query(
                SpanStoreSQL.placeAfter, [start.startTime, start.traceID, scanLimit - 1]).first
            page.next = place.map {
                TraceCursor(startTime: $0.int64("start_time") ?? 0, traceID: $0.text("trace_id") ?? "")
            }
        }
        return page
    }

    private enum Scope {
        case text(String)
        case int(Int64)
    }

    private func wanted(
        _ statement: String, _ scope: Scope, _ database: isolated SQLiteConnection
    ) throws -> [Int64] {
        let hasError = search.hasError.map { $0 ? 1 : 0 }
        let rows =
            switch scope {
            case .text(let text):
                try database.query(
                    statement,
                    [
                        conditionsText, start.startTime, start.traceID, search.shortest, search.longest, hasError, text,
                        limit + 1,
                    ])
            case .int(let number):
                try database.query(
                    statement,
                    [
                        conditionsText, start.startTime, start.traceID, search.shortest, search.longest, hasError, number,
                        limit + 1,
                    ])
            }
        return rows.compactMap { $0.int64("id") }
    }

    private func summaries(_ numbers: [Int64], _ database: isolated SQLiteConnection) throws -> [TraceSummary] {
        try database.query(SpanStoreSQL.summaries, [JSONText.of(numbers)]).map(SpanStore.summary)
    }

    private static func condition(
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
            let pattern = LikePattern.escaped(name).replacing("*", with: "%")
            return Condition(terms: try words(like: pattern, database) { $0 == "name" }.map(\.hash), id: "")
        case .word(let text):
            let terms = try words(like: "%\(LikePattern.escaped(text))%", database) { _ in true }
            return Condition(
                terms: (terms + [.chain(text), .job(text)]).map(\.hash), id: idPattern(text.lowercased()) ?? "")
        }
    }

    /// What an id looks like that begins with a text; `nil` if none can.
    private static func idPattern(_ text: String) -> String? {
        let isBeginning = text.count <= HexadecimalID.traceLength && text.allSatisfy { $0.isHexDigit && $0.isASCII }
        // One or two letters are more likely to be a word's.
        return isBeginning && text.count >= 4 ? text + "*" : nil
    }

    private static func words(
        like pattern: String, _ database: isolated SQLiteConnection, where isWanted: (String) -> Bool
    ) throws -> [SearchTerm] {
        try database.query(SpanStoreSQL.wordsLike, [pattern]).compactMap { row in
            guard let kind = row.text("kind"), isWanted(kind), let text = row.text("text") else { return nil }
            return kind == "service" ? .service(text) : .name(text)
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

/// Text in patterns of SQLite's `LIKE`.
enum LikePattern {
    /// Takes the special meaning from characters that have one.
    static func escaped(_ text: String) -> String {
        var pattern = ""
        for character in text {
            if "%_\\".contains(character) { pattern.append("\\") }
            pattern.append(character)
        }
        return pattern
    }
}
