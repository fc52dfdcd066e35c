import Testing

@testable import QueuertCollector

@Suite("Terms of traces that follow each other") struct TermRangesTests {
    @Test("traces whose numbers follow each other share a row, up to a limit")
    func ranges() {
        var ranges = TermRanges()
        for trace in [3, 4, 5, 7, 6, 8] as [Int64] { ranges.add(1, trace) }
        for trace in 9...80 as ClosedRange<Int64> { ranges.add(2, trace) }
        #expect(
            ranges.rows == [
                .init(hash: 1, trace: 3, more: 2), .init(hash: 1, trace: 7), .init(hash: 1, trace: 6),
                .init(hash: 1, trace: 8), .init(hash: 2, trace: 9, more: 63), .init(hash: 2, trace: 73, more: 7),
            ])
    }

    @Test("V01 each of many traces with the same term is found by it and another, whatever row it shares")
    func found() async throws {
        try await withStore { store in
            func span(_ trace: Int, _ number: Int = 0, color: String) -> ReceivedSpan {
                Sample.span(
                    trace: trace, number, name: "n\(trace)", start: UInt64(trace + 1) * 1_000,
                    attributes: [.init("color", .string(color))])
            }
            try await store.insert([span(0, color: "blue")])
            // The first is there already, without the term that it shares with those that follow.
            try await store.insert((0..<150).map { span($0, 1, color: "red") })
            for (trace, isRed) in [(0, true), (1, true), (63, true), (64, true), (149, true), (150, false)] {
                let search = try TraceSearch("color=red name:n\(trace)")
                let found = try await store.traces(limit: 10, matching: search).traces
                #expect(found.map(\.traceID) == (isRed ? [Sample.traceID(trace)] : []), "trace \(trace)")
            }
            let all = try await store.traces(limit: 500, matching: TraceSearch("color=red")).traces
            #expect(all.count == 150)
            let blue = try await store.traces(limit: 500, matching: TraceSearch("color=blue")).traces
            #expect(blue.map(\.traceID) == [Sample.traceID(0)])
            // More is heard of a trace in the middle, and of one that begins a row.
            try await store.insert([
                span(0, 2, color: "green"), span(70, 2, color: "green"), span(71, 2, color: "green"),
            ])
            let green = try await store.traces(limit: 500, matching: TraceSearch("color=green color=red")).traces
            #expect(Set(green.map(\.traceID)) == Set([0, 70, 71].map { Sample.traceID($0) }))
        }
    }
}
