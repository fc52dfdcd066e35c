import QueuertSQLite
import Testing

@testable import QueuertCollector

@Suite("Chains in the store") struct SpanStoreChainTests {
    @Test("V04 the list of chains says what each has come to")
    func list() async throws {
        try await withStore { store in
            var failed = SampleChain("resize-image", number: 90, at: 0)
            failed.process(.init(at: 10, length: 20, result: "failed", error: "DecodingError"))
            var retried = SampleChain("import-feed", number: 91, at: 0)
            retried.process(.init(at: 10, length: 20, result: "failed", error: "timeout", dueAgain: 60_000))
            try await store.insert(SampleChain.order() + failed.spans + retried.spans)
            let chains = try await store.chains(limit: 100)
            #expect(chains.count == 11)
            let order = try #require(chains.first { $0.chainID == "chain-1" })
            #expect(order.type == "place-order")
            #expect(order.isEnded)
            #expect([order.jobCount, order.attemptCount, order.failedAttemptCount] == [4, 7, 3])
            let image = try #require(chains.first { $0.type == "resize-image" })
            #expect(image.lastResult == "failed")
            #expect(!image.isEnded && !image.isRescheduled)
            let feed = try #require(chains.first { $0.type == "import-feed" })
            #expect(feed.isRescheduled)
            #expect(try await store.chains(limit: 2).count == 2)
        }
    }

    @Test("V04 the list tells all of chains that began long before what it looks at, however many they are")
    func longChains() async throws {
        try await withStore { store in
            var chains: [SampleChain] = []
            for number in 1...60 {
                var chain = SampleChain("import-feed", number: number, at: 0)
                chain.process(.init(at: 10, length: 20))
                chains.append(chain)
            }
            try await store.insert(chains.flatMap(\.spans))
            let busy = [ReceivedAttribute("queuert.chain.id", .string("busy"))]
            try await store.insert((0..<4_100).map { Sample.span(trace: 900, $0, attributes: busy) })
            var later: [ReceivedSpan] = []
            for index in chains.indices {
                let count = chains[index].spans.count
                chains[index].continue("index-feed")
                chains[index].process(.init(at: 9_000, length: 10))
                later += chains[index].spans.dropFirst(count)
            }
            try await store.insert(later)
            let list = try await store.chains(limit: 100).filter { $0.chainID != "busy" }
            #expect(list.count == 60)
            #expect(list.allSatisfy { $0.type == "import-feed" })
            #expect(list.allSatisfy { $0.attemptCount == 2 && $0.jobCount == 2 })
        }
    }

    @Test("V04 the list is read from an index of the spans of chains")
    func index() async throws {
        try await withStore { store in
            let plan = try await store.read { database in
                try database.query("EXPLAIN QUERY PLAN \(SpanStoreSQL.latestOfChains)", [10])
                    .compactMap { $0.text("detail") }
            }
            #expect(plan.count == 1)
            #expect(plan.first?.contains("USING INDEX span_of_chains") == true)
        }
    }

    @Test("V05 a chain that waits for others says for which, as long as they haven't ended")
    func openBlockers() async throws {
        try await withStore { store in
            var paint = SampleChain("mix-paint", number: 2, at: 0)
            var wood = SampleChain("saw-wood", number: 3, at: 0)
            wood.process(.init(at: 5, length: 10))
            wood.end()
            var chair = SampleChain("build-chair", number: 1, at: 20)
            chair.waits(for: [wood, paint])
            try await store.insert(paint.spans + wood.spans + chair.spans)
            func summary() async throws -> ChainSummary? {
                try await store.chains(limit: 9).first { $0.chainID == "chain-1" }
            }
            let blocked = try #require(try await summary())
            #expect(blocked.openBlockers == [.init(chainID: "chain-2", type: "mix-paint")])
            #expect(blocked.openBlockerCount == 1)
            var list = LiveList(style: .plain)
            #expect(list.lines([blocked]).first?.contains("build-chair  blocked by mix-paint  ") == true)
            let graph = try #require(try await store.chainGraph("chain-1"))
            #expect(
                graph.edges.map { "\($0.from) \($0.to) \($0.type)" } == [
                    "chain-3 chain-1 blocker", "chain-2 chain-1 blocker",
                ])
            #expect(graph.chains.first?.openBlockerCount == 1)

            let before = (paint.spans.count, chair.spans.count)
            paint.process(.init(at: 30, length: 10))
            paint.end()
            chair.await([paint])
            try await store.insert(Array(paint.spans.dropFirst(before.0) + chair.spans.dropFirst(before.1)))
            #expect(try await summary()?.openBlockerCount == 0)
            #expect(try await store.chainGraph("chain-1")?.edges.count == 2)
        }
    }

    @Test("V04 the graph holds what a chain waited for, what waited for it, and who started whom")
    func graph() async throws {
        try await withStore { store in
            var child = SampleChain("send-mail", number: 60, at: 20)
            child.process(.init(at: 30, length: 10))
            child.end()
            let order = SampleChain.order()
            let parent = try #require(order.first { $0.name == "process place-order" })
            // Started within the first attempt, below a span of other code.
            var other = Sample.span(name: "POST /mail", service: "shop")
            (other.traceID, other.spanID, other.parentSpanID) = (parent.traceID, Sample.spanID(777), parent.spanID)
            let started = child.spans.map { span in
                var span = span
                span.traceID = parent.traceID
                if span.parentSpanID.isEmpty { span.parentSpanID = other.spanID }
                return span
            }
            try await store.insert(order + [other] + started)
            let graph = try #require(try await store.chainGraph("chain-1"))
            #expect(graph.edges.filter { $0.type == "blocker" }.count == 8)
            #expect(graph.edges.contains(.init(from: "chain-13", to: "chain-1", type: "blocker")))
            #expect(graph.edges.contains(.init(from: "chain-1", to: "chain-60", type: "started")))
            #expect(graph.chains.first { $0.chainID == "chain-13" }?.failedAttemptCount == 1)
            #expect(!graph.truncated)
            let back = try #require(try await store.chainGraph("chain-13"))
            #expect(back.edges == [.init(from: "chain-13", to: "chain-1", type: "blocker")])
            let mail = try #require(try await store.chainGraph("chain-60"))
            #expect(mail.edges == [.init(from: "chain-1", to: "chain-60", type: "started")])
            #expect(try await store.chainGraph("none") == nil)
        }
    }

    @Test("V07 operations are counted with their errors and durations, and what leads to what")
    func operations() async throws {
        try await withStore { store in
            var spans = SampleChain.order()
            let parent = try #require(spans.first { $0.name == "process charge-card" })
            var call = Sample.span(name: "POST /charges", service: "payments")
            (call.traceID, call.parentSpanID) = (parent.traceID, parent.spanID)
            spans.append(call)
            try await store.insert(spans)
            let report = try await store.operations()
            #expect(report.spanCount == spans.count)
            let charge = try #require(report.operations.first { $0.name == "process charge-card" })
            #expect([charge.count, charge.errorCount] == [3, 2])
            #expect([charge.p50, charge.longest] == [90_000_000, 200_000_000])
            #expect(report.edges.contains(.init(from: "charge-card", to: "send-receipt", kind: "job", count: 1)))
            #expect(report.edges.contains(.init(from: "shop", to: "payments", kind: "service", count: 1)))
        }
    }
}
