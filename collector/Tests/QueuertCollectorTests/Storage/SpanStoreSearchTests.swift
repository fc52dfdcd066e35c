import Testing

@testable import QueuertCollector

@Suite("Finding traces") struct SpanStoreSearchTests {
    private func found(_ text: String, in store: SpanStore) async throws -> [String] {
        try await store.traces(limit: 50, matching: TraceSearch(text)).traces.map(\.rootName)
    }

    @Test(
        "V01 traces are found by what their spans have",
        arguments: [
            ("", ["late", "early", "first"]), ("service:web", ["late", "first"]), ("service:we", []),
            ("name:early", ["early"]), ("name:e*", ["early"]), ("name:*ar*", ["early"]), ("ear", ["early"]),
            ("status:error", ["late"]), ("status:ok", ["early", "first"]), ("duration>1s", ["late"]),
            ("duration<1s service:web", ["first"]), ("color=red", ["first"]), ("color=re", []), ("size=3", ["early"]),
            ("chain:c-1", ["early"]), ("job:j-1", ["early"]), ("c-1", ["early"]), ("queuert.chain.id=c-1", ["early"]),
            ("color=red service:web", ["first"]), ("color=red service:shop", []), ("inner", ["first"]),
            ("trace:\(Sample.traceID(2))", ["early"]), ("trace:\(Sample.traceID(2).prefix(8).uppercased())", ["early"]),
            ("trace:\(Sample.traceID(2).prefix(2))", ["early"]), ("trace:0", ["late", "early", "first"]),
            ("trace:1", []), ("nothing like it", []), ("EARLY", ["early"]), ("100%", []), ("a_b", []),
        ])
    func finds(_ text: String, _ names: [String]) async throws {
        try await withStore { store in
            var late = Sample.span(trace: 3, name: "late", service: "web", start: 9_000_000_000, length: 2_000_000_000)
            late.status = .init(code: 2, message: "")
            let chain: [ReceivedAttribute] = [
                .init("queuert.chain.id", .string("c-1")), .init("queuert.job.id", .string("j-1")),
                .init("size", .int(3)),
            ]
            try await store.insert([
                Sample.span(
                    trace: 1, name: "first", service: "web", start: 1_000, attributes: [.init("color", .string("red"))]),
                Sample.span(trace: 1, 1, parent: 0, name: "inner", service: "database", start: 2_000),
                Sample.span(trace: 2, name: "early", service: "shop", start: 5_000_000_000, attributes: chain), late,
            ])
            let result = try await found(text, in: store)
            #expect(result == names)
        }
    }

    @Test("V01 a search that fits more names than are looked up is refused, and one for fewer of them isn't")
    func manyNames() async throws {
        try await withStore { store in
            try await store.insert((0..<1_100).map { Sample.span($0, name: "name \($0)", start: UInt64($0)) })
            for text in ["name", "name:name*"] {
                let error = await #expect(throws: TraceSearchError.self) { try await found(text, in: store) }
                #expect(error?.message.hasSuffix("fits more than 1000 names") == true)
            }
            for text in ["\"name 1099\"", #"name:"name 10*""#, "demo"] {
                let result = try await found(text, in: store)
                #expect(result == ["name 0"])
            }
        }
    }

    @Test("V01 the pages of a search follow each other, and end")
    func pages() async throws {
        try await withStore { store in
            try await store.insert(
                (0..<25).map {
                    Sample.span(trace: $0, name: "name \($0)", service: $0 % 2 == 0 ? "even" : "odd", start: UInt64($0))
                })
            var names: [String] = []
            var cursor: TraceCursor?
            repeat {
                let page = try await store.traces(limit: 5, before: cursor, matching: TraceSearch("service:even"))
                names += page.traces.map(\.rootName)
                cursor = page.next
            } while cursor != nil
            #expect(names == (0..<25).reversed().filter { $0 % 2 == 0 }.map { "name \($0)" })
        }
    }

    @Test("V01 a search that has looked far enough back says where to go on")
    func searchesFurtherBack() async throws {
        try await withStore { store in
            // More than are looked at one by one, with what is looked for at the end.
            let count = 20_050
            for start in stride(from: 0, to: count, by: 1000) {
                try await store.insert(
                    (start..<min(start + 1000, count)).map { number in
                        var span = Sample.span(
                            name: "work", start: UInt64(number) * 1_000, length: number == 3 ? 5_000 : 10)
                        span.traceID = HexadecimalID.text(
                            of: (0..<16).map { UInt8(truncatingIfNeeded: (number + 1) >> (8 * (15 - $0))) })
                        return span
                    })
            }
            let first = try await store.traces(limit: 10, matching: TraceSearch("duration>1us"))
            #expect(first.traces == [])
            let next = try #require(first.next)
            let second = try await store.traces(limit: 10, before: next, matching: TraceSearch("duration>1us"))
            #expect(second.traces.map(\.startTime) == [3_000])
            #expect(second.next == nil)
        }
    }
}
