import Foundation
import Queuert
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
        let first = Self.number("QUEUERT_TRACE_SEED", else: 1)
        let count = Self.number("QUEUERT_TRACE_HISTORIES", else: 300)
        for number in first..<first + count {
            let mode = Self.modes[number % 3]
            let check = try await Self.history(UInt64(number), mode, steps: 20 + number % 40)
            guard check.failures.isEmpty else {
                let text = check.failures.prefix(10).joined(separator: "\n")
                Issue.record("history \(number), which is \(mode.form):\n\(text)")
                return
            }
        }
    }

    @Test(
        "what transactions keep of their spans is the history that is stored, too: what is committed, and nothing else")
    func keptSpansAreTheHistory() async throws {
        let first = Self.number("QUEUERT_TRACE_SEED", else: 1)
        let count = Self.number("QUEUERT_TRACE_HISTORIES", else: 300) / 3
        for number in first..<first + count {
            let mode = Self.modes[number % 3]
            let player = HistoryPlayer(seed: UInt64(number), mode: mode, isKept: true)
            try await player.play(steps: 20 + number % 40)
            let failures = try await HistoryCheck(player, mode: mode).failures + HistoryMetricsCheck(player).failures
            guard failures.isEmpty else {
                Issue.record("history \(number), \(mode.form):\n\(failures.prefix(10).joined(separator: "\n"))")
                return
            }
        }
    }

    @Test("with any tracer, parents and links together are the history that is stored, too")
    func anyTracersSpansAreTheHistory() async throws {
        let first = Self.number("QUEUERT_TRACE_SEED", else: 1)
        let count = Self.number("QUEUERT_TRACE_HISTORIES", else: 300) / 3
        for number in first..<first + count {
            let mode = Self.modes[number % 3]
            let player = HistoryPlayer(seed: UInt64(number), mode: mode, by: .anyTracer)
            try await player.play(steps: 20 + number % 40)
            let check = try await HistoryCheck(player, mode: mode)
            guard check.failures.isEmpty else {
                let text = check.failures.prefix(10).joined(separator: "\n")
                Issue.record("history \(number), which is \(mode.form):\n\(text)")
                return
            }
        }
    }

    @Test("metrics and events are the history that is stored, too, and durations are those of spans")
    func metricsAreTheHistory() async throws {
        let first = Self.number("QUEUERT_TRACE_SEED", else: 1)
        let count = Self.number("QUEUERT_TRACE_HISTORIES", else: 300) / 10
        for number in first..<first + count {
            let player = HistoryPlayer(seed: UInt64(number), mode: Self.modes[number % 3])
            try await player.play(steps: 20 + number % 40)
            let check = try await HistoryMetricsCheck(player)
            guard check.failures.isEmpty else {
                Issue.record("history \(number):\n\(check.failures.prefix(10).joined(separator: "\n"))")
                return
            }
        }
    }

    @Test("one history has one graph, in whichever mode it is traced", arguments: 1...20)
    func modesAgree(seed: Int) async throws {
        var graphs: [Set<String>] = []
        for mode in Self.modes {
            let check = try await Self.history(UInt64(1_000_000 + seed), mode, steps: 60)
            #expect(check.failures.isEmpty)
            graphs.append(check.graph)
        }
        #expect(graphs[0].count > 10)
        #expect(graphs.allSatisfy { $0 == graphs[0] })
    }

    private static func history(_ seed: UInt64, _ mode: TraceMode, steps: Int) async throws -> HistoryCheck {
        let player = HistoryPlayer(seed: seed, mode: mode)
        try await player.play(steps: steps)
        return try await HistoryCheck(player, mode: mode)
    }
}
