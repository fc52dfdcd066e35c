internal import Foundation
internal import QueuertSQLite

extension SpanStore {
    /// How many spans of chains the list of chains looks at.
    private static let latestLimit = 4_000
    /// Of how many chains at a time the list reads what it didn't look at.
    private static let batchLimit = 50
    /// How many spans of the traces around a chain its graph looks at.
    private static let treeLimit = 20_000
    /// How many chains a graph holds at most.
    private static let graphLimit = 400
    /// How many of the chains that a chain waits for its summary names.
    private static let blockerLimit = 3

    /// Reads the chains that something was heard of last.
    ///
    /// - Parameter limit: How many to read at most.
    /// - Returns: The chains, the one that was heard of last first.
    /// - Throws: `StoreError` if the database can't be read.
    package func chains(limit: Int) async throws(StoreError) -> [ChainSummary] {
        try await read { database in
            let rows = try database.query(SpanStoreSQL.latestOfChains, [Self.latestLimit]).compactMap(Self.chainRow)
            var order: [String] = []
            var seen: Set<String> = []
            for row in rows where order.count < limit && seen.insert(row.chainID).inserted { order.append(row.chainID) }
            var summaries = ChainSummaries()
            for row in rows where seen.contains(row.chainID) { summaries.add(row) }
            // Of a chain that began before these, the rest is read as well.
            let known = Set(rows.map(\.id))
            let incomplete = order.filter { !summaries.isComplete($0) }
            for start in stride(from: 0, to: incomplete.count, by: Self.batchLimit) {
                let batch = Array(incomplete[start...].prefix(Self.batchLimit))
                for row in try Self.rows(ofChains: batch, database) where !known.contains(row.id) { summaries.add(row) }
            }
            try Self.settle(&summaries, database)
            try Self.findOpenBlockers(&summaries, database)
            return order.compactMap { summaries[$0] }
        }
    }

    /// Reads which chains a chain waited for, which waited for it, which it started and by which it was started.
    ///
    /// - Parameter chainID: The chain.
    /// - Returns: The chains and their relations, or `nil` if no span of the chain is stored.
    /// - Throws: `StoreError` if the database can't be read.
    package func chainGraph(_ chainID: String) async throws(StoreError) -> ChainGraph? {
        try await read { database in
            let own = try database.query(
                SpanStoreSQL.spansOfChains,
                [JSONText.of([SearchTerm.chain(chainID).hash]), JSONText.of([chainID]), Self.spanLimit])
            guard !own.isEmpty else { return nil }
            var graph = ChainGraph()
            var edges: [ChainGraph.Edge] = []
            edges += try Self.blockers(of: chainID, own, database)
            // What holds up what this one waits for, two steps further back.
            var frontier = edges.map(\.from)
            for _ in 0..<2 where !frontier.isEmpty && edges.count < Self.graphLimit {
                var further: [ChainGraph.Edge] = []
                let awaits = try Self.awaits(ofChains: Array(frontier.prefix(Self.graphLimit)), database)
                for (chain, rows) in awaits { further += try Self.blockers(of: chain, rows, database) }
                frontier = further.map(\.from)
                edges += further
            }
            edges += try Self.blocked(by: chainID, own, database)
            edges += try Self.relatives(of: chainID, own, database)
            graph.truncated = edges.count > Self.graphLimit
            var seen: Set<ChainGraph.Edge> = []
            graph.edges = edges.prefix(Self.graphLimit).filter { seen.insert($0).inserted }
            var order = [chainID]
            for edge in graph.edges {
                for id in [edge.from, edge.to] where !order.contains(id) { order.append(id) }
            }
            var summaries = ChainSummaries()
            for row in try Self.rows(ofChains: order, database) { summaries.add(row) }
            try Self.settle(&summaries, database)
            try Self.findOpenBlockers(&summaries, database)
            // Of a chain that a span names and that hasn't arrived, that is all that is known.
            graph.chains = order.map { summaries[$0] ?? ChainSummary(chainID: $0) }
            return graph
        }
    }

    // MARK: Relations

    private static func blockers(
        of chainID: String, _ rows: [SQLiteRow], _ database: isolated SQLiteConnection
    ) throws -> [ChainGraph.Edge] {
        var reader = SpanReader()
        var edges: [ChainGraph.Edge] = []
        let attempted = Set(rows.filter { $0.int("kind") == 5 }.map { $0.text("job_id") })
        for row in rows {
            let span: ReceivedSpan?
            if row.int("kind") == 1, row.text("name")?.hasPrefix("await ") == true {
                span = try reader.span(number: row.int64("id") ?? 0, database)
            } else if row.int("kind") == 4, !attempted.contains(row.text("job_id")) {
                // What it still waits for, no other span tells.
                span = try reader.span(number: row.int64("id") ?? 0, database)
            } else {
                continue
            }
            edges += (span?.blockerChainIDs ?? []).map { ChainGraph.Edge(from: $0, to: chainID, type: "blocker") }
        }
        return edges
    }

    private static func awaits(
        ofChains chainIDs: [String], _ database: isolated SQLiteConnection
    ) throws -> [String: [SQLiteRow]] {
        let rows = try database.query(
            SpanStoreSQL.spansOfChains,
            [JSONText.of(chainIDs.map { SearchTerm.chain($0).hash }), JSONText.of(chainIDs), treeLimit])
        return Dictionary(grouping: rows) { $0.text("chain_id") ?? "" }
    }

    /// Links of spans to the span that started the chain: within its own trace they are looked for in its spans, and from
    /// others they are in a table.
    private static func blocked(
        by chainID: String, _ own: [SQLiteRow], _ database: isolated SQLiteConnection
    ) throws -> [ChainGraph.Edge] {
        var edges: [ChainGraph.Edge] = []
        for row in own where row.int("kind") == 4 {
            guard let traceID = try database.query(SpanStoreSQL.traceID, [row.int64("trace")]).first?.text("trace_id")
            else { continue }
            let found = try database.query(
                SpanStoreSQL.blockedFromElsewhere, [traceID, row.int64("span_id"), graphLimit])
            edges += found.compactMap { $0.text("chain_id") }.filter { $0 != chainID }
                .map { .init(from: chainID, to: $0, type: "blocker") }
        }
        return edges
    }

    /// Who started the chain, and which chains were started within its attempts; and which chains of its traces wait for it.
    private static func relatives(
        of chainID: String, _ own: [SQLiteRow], _ database: isolated SQLiteConnection
    ) throws -> [ChainGraph.Edge] {
        struct Node {
            let parent: Int64?
            let chain: String?
            let kind: Int
            let name: String
            let job: String?
            let number: Int64
        }
        struct Place: Hashable {
            let trace: Int64
            let span: Int64
        }
        let traces = Set(own.compactMap { $0.int64("trace") })
        let rows = try database.query(SpanStoreSQL.treeOfTraces, [JSONText.of(traces.sorted()), treeLimit])
        var nodes: [Place: Node] = [:]
        for row in rows {
            nodes[Place(trace: row.int64("trace") ?? 0, span: row.int64("span_id") ?? 0)] = Node(
                parent: row.int64("parent_span_id"), chain: row.text("chain_id"), kind: row.int("kind") ?? 0,
                name: row.text("name") ?? "", job: row.text("job_id"), number: row.int64("id") ?? 0)
        }
        let attempted = Set(nodes.values.filter { $0.kind == 5 }.map(\.job))
        /// The chain in whose attempt a span is, if it is in one.
        func starter(of place: Place) -> String? {
            var next = nodes[place]?.parent
            for _ in 0..<64 {
                guard let parent = next, let node = nodes[Place(trace: place.trace, span: parent)] else { return nil }
                if let chain = node.chain { return chain }
                next = node.parent
            }
            return nil
        }
        var edges: [ChainGraph.Edge] = []
        var reader = SpanReader()
        for (place, node) in nodes {
            guard let chain = node.chain else { continue }
            let mayWait =
                node.kind == 1 ? node.name.hasPrefix("await ") : node.kind == 4 && !attempted.contains(node.job)
            if chain != chainID, mayWait,
                try reader.span(number: node.number, database)?.blockerChainIDs.contains(chainID) == true
            {
                edges.append(.init(from: chainID, to: chain, type: "blocker"))
            }
            if node.kind == 4, !node.name.hasPrefix("continue "), let from = starter(of: place), from != chain,
                from == chainID || chain == chainID
            {
                edges.append(.init(from: from, to: chain, type: "started"))
            }
        }
        return edges.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
    }

    // MARK: Summaries

    private static func rows(
        ofChains chainIDs: [String], _ database: isolated SQLiteConnection
    ) throws -> [ChainSummaries.Row] {
        guard !chainIDs.isEmpty else { return [] }
        return try database.query(
            SpanStoreSQL.spansOfChains,
            [JSONText.of(chainIDs.map { SearchTerm.chain($0).hash }), JSONText.of(chainIDs), treeLimit]
        ).compactMap(chainRow)
    }

    /// Reads how the last attempts of chains ended that haven't ended themselves: only the whole span says it.
    private static func settle(
        _ summaries: inout ChainSummaries, _ database: isolated SQLiteConnection
    ) throws {
        var reader = SpanReader()
        for (chainID, attempt) in summaries.undecided {
            let span = try reader.span(number: attempt, database)
            summaries.settle(
                chainID, result: span?[attribute: "queuert.attempt.result"]?.text,
                isRescheduled: span?[attribute: "queuert.rescheduled_at"] != nil)
        }
    }

    /// Finds out what the chains wait for that haven't ended: of the chains that a job was written to wait for, those that
    /// haven't ended either.
    private static func findOpenBlockers(
        _ summaries: inout ChainSummaries, _ database: isolated SQLiteConnection
    ) throws {
        var reader = SpanReader()
        var waits: [(chainID: String, blockers: [String], count: Int)] = []
        var named: Set<String> = []
        for (chainID, producer, endedWaits) in summaries.waiting where named.count < graphLimit {
            guard let span = try reader.span(number: producer, database), span.blockerCount > endedWaits else {
                continue
            }
            waits.append((chainID, span.blockerChainIDs, span.blockerCount))
            named.formUnion(span.blockerChainIDs)
        }
        guard !named.isEmpty else { return }
        var blockers = ChainSummaries()
        for row in try rows(ofChains: named.sorted(), database) { blockers.add(row) }
        for wait in waits {
            let open = wait.blockers.filter { blockers[$0]?.isEnded != true }
            // Those that the span doesn't name may have ended or not.
            guard !open.isEmpty else { continue }
            summaries.block(
                wait.chainID,
                by: open.prefix(blockerLimit).map { .init(chainID: $0, type: blockers[$0]?.type ?? "") },
                count: open.count + wait.count - wait.blockers.count)
        }
    }

    private static func chainRow(_ row: SQLiteRow) -> ChainSummaries.Row? {
        guard let id = row.int64("id"), let chainID = row.text("chain_id") else { return nil }
        return ChainSummaries.Row(
            id: id, chainID: chainID, jobID: row.text("job_id"), service: row.text("service") ?? "",
            name: row.text("name") ?? "", kind: row.int("kind") ?? 0, startTime: row.int64("start_time") ?? 0,
            endTime: row.int64("end_time") ?? 0, isError: row.int("status_code") == 2)
    }
}

extension SpanReader {
    /// Reads a span by its row.
    fileprivate mutating func span(
        number: Int64, _ database: isolated SQLiteConnection
    ) throws -> ReceivedSpan? {
        guard let row = try database.query(SpanStoreSQL.spanByNumber, [number]).first else { return nil }
        return try span(row.blob("document") ?? [], origin: row.int64("origin") ?? 0, database)
    }
}

extension ReceivedSpan {
    /// The chains that the span says are waited for: one, if the wait is over, or all that a job was written to wait for.
    fileprivate var blockerChainIDs: [String] {
        if let one = self[attribute: "queuert.blocker.chain.id"]?.text { return [one] }
        guard case .array(let values)? = self[attribute: "queuert.blocker.chain.ids"] else { return [] }
        return values.compactMap(\.text)
    }

    /// How many chains the job was written to wait for.
    fileprivate var blockerCount: Int {
        guard case .int(let count)? = self[attribute: "queuert.blocker.count"] else { return blockerChainIDs.count }
        return max(Int(clamping: count), blockerChainIDs.count)
    }
}
