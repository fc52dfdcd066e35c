import Foundation
import Queuert
import QueuertOTel
import QueuertSQLite
import QueuertTraceTesting
import Testing

/// Histories of chains, drawn at random, whose traces must say what the store says.
///
/// `QUEUERT_TRACE_HISTORIES` sets how many are played, and `QUEUERT_TRACE_SEED` with which one to begin.
@Suite("Chain histories", .timeLimit(.minutes(60))) struct ChainHistoryTests {
    private static func number(_ variable: String, else standard: Int) -> Int {
        ProcessInfo.processInfo.environment[variable].flatMap(Int.init) ?? standard
    }

    private static var modes: [TraceMode] { [.bounded(window: .seconds(900), jobs: 3), .single, .linked] }

    @Test("parents and links together are the history that is stored, no span is missing, and none is too many")
    func tracesAreTheHistory() async throws {
        try await Self.playAll()
    }

    @Test(
        "what transactions keep of their spans is the history that is stored, too: what is committed, and nothing else")
    func keptSpansAreTheHistory() async throws {
        try await Self.playAll(oneIn: 5, isKept: true, withMetrics: true)
    }

    @Test(
        "with any tracer, parents and links together are the history that is stored, too, and so are metrics and events"
    )
    func anyTracersSpansAreTheHistory() async throws {
        try await Self.playAll(oneIn: 5, by: .anyTracer, withMetrics: true)
    }

    @Test("metrics and events are the history that is stored, too, and durations are those of spans")
    func metricsAreTheHistory() async throws {
        try await Self.playAll(oneIn: 10, withMetrics: true)
    }

    @Test("on SQLite, parents and links together are the history that is stored, too, and so are metrics and events")
    func sqlitesSpansAreTheHistory() async throws {
        try await Self.playAll(oneIn: 20, isOnSQLite: true, withMetrics: true)
    }

    @Test("on SQLite, what transactions keep of their spans is the history that is stored, too")
    func sqlitesKeptSpansAreTheHistory() async throws {
        try await Self.playAll(oneIn: 20, isOnSQLite: true, isKept: true, withMetrics: true)
    }

    @Test(
        "with a sampler, the spans of sampled traces are told as without one, and no others",
        arguments: [QueueInstrumentation.SegmentSampling.followLink, .independent])
    func sampledTracesAreAPart(segmentSampling: QueueInstrumentation.SegmentSampling) async throws {
        let roots = TraceIDRatioSampler(0.5)
        var counts = (all: 0, told: 0)
        for seed in 1...20 {
            let mode = Self.modes[seed % 3]
            let all = try await Self.history(seed, mode, steps: 60).recorder.spans
            // The same history with the same identifiers: who makes them doesn't ask whether a span is sampled.
            let player = HistoryPlayer(
                seed: UInt64(seed), mode: mode, sampler: ParentBasedSampler(root: roots),
                segmentSampling: segmentSampling)
            try await player.play(steps: 60)
            let spans = Dictionary(uniqueKeysWithValues: all.map { ($0.context.spanID, $0) })
            func isSampled(_ span: SpanData) -> Bool {
                // What a new segment's first span follows, if it follows anything.
                let segment = span.links.first { $0.attributes.contains(Attribute("queuert.link.type", "chain")) }
                let link = segmentSampling == .followLink ? segment?.context.spanID : nil
                if let above = (span.parent?.spanID ?? link).flatMap({ spans[$0] }) { return isSampled(above) }
                return roots.shouldSample(
                    parent: nil, traceID: span.context.traceID, name: span.name, kind: span.kind, attributes: [],
                    links: [])
            }
            let expected = Set(all.filter(isSampled).map(\.context.spanID))
            let told = player.recorder.spans.map(\.context.spanID)
            let isAsExpected = told.count == expected.count && Set(told) == expected
            #expect(isAsExpected, "history \(seed) tells \(told.count) spans, not \(expected.count)")
            counts.all += all.count
            counts.told += told.count
        }
        #expect(counts.told > counts.all / 4 && counts.told < counts.all * 3 / 4)
    }

    @Test("one history has one graph, in whichever mode it is traced", arguments: 1...20)
    func modesAgree(seed: Int) async throws {
        var graphs: [Set<String>] = []
        for mode in Self.modes {
            let check = try await HistoryCheck(Self.history(1_000_000 + seed, mode, steps: 60), mode: mode)
            #expect(check.failures.isEmpty)
            graphs.append(check.graph)
        }
        #expect(graphs[0].count > 10)
        #expect(graphs.allSatisfy { $0 == graphs[0] })
    }

    @Test("what a history has once told otherwise than it is stored is told as it is", arguments: [717_013])
    func found(seed: Int) async throws {
        let mode = Self.modes[seed % 3]
        let player = try await Self.history(seed, mode, steps: 20 + seed % 40, isKept: true)
        let failures = try await Self.check(player, mode, withMetrics: true)
        #expect(failures == [])
    }

    @Test("a phase of an attempt that is told twice, or not at all, is found", arguments: ["complete ", "prepare "])
    func findsPhases(prefix: String) async throws {
        let player = try await Self.history(1, .single, steps: 300)
        let none = try await HistoryCheck(player, mode: .single).failures
        #expect(none == [])
        let spans = player.recorder.spans
        let attempts = Set(spans.filter { $0.name.hasPrefix("process ") }.map(\.context.spanID))
        let phase = try #require(
            spans.first { span in
                span.name.hasPrefix(prefix) && span.parent.map { attempts.contains($0.spanID) } == true
            })
        var again = phase
        again.context.spanID = SeededIDGenerator(seed: 2).makeSpanID()
        player.recorder.spanEnded(again)
        let twice = try await HistoryCheck(player, mode: .single).failures
        #expect(twice.count == 1, "\(twice)")

        player.recorder.removeAll()
        for span in spans where span != phase { player.recorder.spanEnded(span) }
        let missing = try await HistoryCheck(player, mode: .single).failures
        #expect(missing.count == 1, "\(missing)")
    }

    /// Plays histories one after the other, until one is told otherwise than it is stored.
    ///
    /// - Parameters:
    ///   - share: Plays one history where others play so many.
    ///   - instrumented: Who tells the spans.
    ///   - isOnSQLite: Whether the chains are kept in SQLite, in memory.
    ///   - isKept: Whether transactions keep the spans of what they write.
    ///   - withMetrics: Whether metrics and events are compared, too.
    /// - Throws: What the queue throws, which is a fault of the player.
    private static func playAll(
        oneIn share: Int = 1, by instrumented: Instrumented = .builtIn, isOnSQLite: Bool = false,
        isKept: Bool = false, withMetrics: Bool = false
    ) async throws {
        let first = number("QUEUERT_TRACE_SEED", else: 1)
        let count = max(1, number("QUEUERT_TRACE_HISTORIES", else: usualCount) / share)
        for number in first..<first + count {
            let mode = modes[number % 3]
            let steps = 20 + number % 40
            let failures: [String]
            if isOnSQLite {
                failures = try await withSQLite { adapter, clock in
                    let player = HistoryPlayer(
                        on: adapter, clock, seed: UInt64(number), mode: mode, by: instrumented, isKept: isKept)
                    try await player.play(steps: steps)
                    return try await check(player, mode, withMetrics: withMetrics)
                }
            } else {
                let player = try await history(number, mode, steps: steps, by: instrumented, isKept: isKept)
                failures = try await check(player, mode, withMetrics: withMetrics)
            }
            guard failures.isEmpty else {
                let text = failures.prefix(10).joined(separator: "\n")
                Issue.record("history \(number), which is \(mode.form):\n\(text)")
                return
            }
        }
    }

    /// Optimised, a history takes a third of the time.
    private static var usualCount: Int {
        #if DEBUG
        400
        #else
        1_500
        #endif
    }

    /// What is told otherwise than it is stored.
    private static func check<Adapter: StateAdapter>(
        _ player: HistoryPlayer<Adapter>, _ mode: TraceMode, withMetrics: Bool
    ) async throws -> [String] {
        var failures = try await HistoryCheck(player, mode: mode).failures
        if withMetrics { failures += try await HistoryMetricsCheck(player).failures }
        return failures
    }

    /// Runs a body with a database in memory.
    private static func withSQLite<R>(
        _ body: (SQLiteStateAdapter, ManualClock) async throws -> R
    ) async throws -> R {
        let clock = ManualClock()
        let logger = CollectedLogs().logger
        let pool = try await SQLitePool(path: ":memory:", logger: logger)
        let result: Result<R, any Error>
        do {
            let adapter = SQLiteStateAdapter(pool: pool, clock: clock, logger: logger)
            try await adapter.migrate()
            result = .success(try await body(adapter, clock))
        } catch {
            result = .failure(error)
        }
        await pool.close()
        return try result.get()
    }

    private static func history(
        _ seed: Int, _ mode: TraceMode, steps: Int, by instrumented: Instrumented = .builtIn, isKept: Bool = false
    ) async throws -> HistoryPlayer<MemoryStateAdapter> {
        let player = HistoryPlayer(seed: UInt64(seed), mode: mode, by: instrumented, isKept: isKept)
        try await player.play(steps: steps)
        return player
    }
}
