import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Chains, as their spans tell of them", .removedFailures, .timeLimit(.minutes(20)))
struct ChainTraceTests {
    @Test("A9 attempts, waits and the critical path of a chain add up to the second")
    func chain() async throws {
        try await withShop { shop in
            let id = try await shop.sell().id.rawValue
            let chain = try #require(shop.recorder.chain(id))
            #expect(chain.id == id && chain.type == "order")
            #expect(chain.attempts.map(\.jobType) == ["order", "order", "invoice"])
            #expect(chain.attempts.map(\.number) == [1, 2, 1])
            #expect(chain.attempts.map(\.result) == ["failed", "completed", "completed"])
            #expect(chain.attempts.map(\.errorType) == ["OutOfStock", nil, nil])
            #expect(chain.attempts.allSatisfy { $0.duration == .seconds(1) })
            #expect(Set(chain.attempts.map(\.jobID)).count == 2)
            #expect(chain.waits.map(\.kind) == [.queue, .backoff])
            #expect(chain.waits.map(\.duration) == [.seconds(2), .seconds(10)])
            #expect(chain.waits.map(\.attempt) == [1, 2])
            #expect(chain.waits[0].span?.name == "wait order")
            #expect(
                chain.criticalPath.map(\.activity) == [
                    .waiting(.queue), .running, .waiting(.backoff), .running, .running,
                ])
            #expect(chain.criticalPath.map(\.duration) == [2, 1, 10, 1, 1].map { .seconds($0) })
            #expect(chain.duration == .seconds(15) && chain.ending?.name == "chain order")
            #expect(shop.recorder.chain("another") == nil && shop.recorder.forest.chainIDs == [id])
        }
    }

    @Test("A9 a wait for other chains leads to the last of them, and what no span tells is unknown")
    func blocked() throws {
        func wait(_ id: UInt64, until end: UInt64) -> SpanData {
            QueueSpans.span(
                id, "await stock", kind: .internal, start: 0, end: end, ["queuert.wait.type": "blocked"])
        }
        let second: UInt64 = 1_000_000_000
        let chain = try #require(
            TraceForest([
                QueueSpans.start(1, at: 0), wait(2, until: second), wait(3, until: 2 * second),
                QueueSpans.attempt(
                    1, id: 4, start: 3 * second, end: 4 * second,
                    ["queuert.job.wait.blocked_s": 2.0, "queuert.job.wait.queue_s": 1.0]),
                // Overlaps with the attempt before, as a lost one may.
                QueueSpans.attempt(2, id: 5, start: 4 * second - 1, end: 6 * second),
                QueueSpans.span(6, "chain order", kind: .internal, start: 0, end: 7 * second),
            ]).chain("chain"))
        #expect(chain.waits.map(\.kind) == [.blocked, .queue])
        #expect(chain.waits.first?.span?.context == context(3))
        #expect(
            chain.criticalPath.map(\.activity) == [
                .waiting(.blocked), .waiting(.queue), .running, .running, .unknown,
            ])
        #expect(chain.criticalPath.map(\.duration) == [2, 1, 1, 2, 1].map { .seconds($0) })
        let total = chain.criticalPath.reduce(Duration.zero) { $0 + $1.duration }
        #expect(total == chain.duration)
    }

    @Test("A9 the critical path ends with the chain, though its last attempt ends later, and another begins later")
    func endsWithTheChain() throws {
        let second: UInt64 = 1_000_000_000
        let chain = try #require(
            TraceForest([
                QueueSpans.start(1, at: 0),
                QueueSpans.attempt(
                    1, id: 2, start: second, end: 3 * second, ["queuert.job.wait.queue_s": 1.0]),
                QueueSpans.attempt(2, id: 3, start: 4 * second, end: 5 * second),
                QueueSpans.span(4, "chain order", kind: .internal, start: 0, end: 2 * second),
            ]).chain("chain"))
        #expect(chain.criticalPath.map(\.activity) == [.waiting(.queue), .running])
        #expect(chain.criticalPath.map(\.duration) == [1, 1].map { .seconds($0) })
        let total = chain.criticalPath.reduce(Duration.zero) { $0 + $1.duration }
        #expect(total == chain.duration)
        // What the attempt itself took is told as it was.
        #expect(chain.attempts.first?.duration == .seconds(2))
    }

    @Test("A9 the tree of a chain has what its handlers did, and nothing of other chains")
    func tree() throws {
        let forest = TraceForest([
            QueueSpans.start(1), QueueSpans.attempt(1, id: 2, below: 1), recorded(3, "query", below: 2),
            QueueSpans.span(4, "start report", kind: .producer, below: 2, job: "other", chain: "other"),
            QueueSpans.span(5, "process report", kind: .consumer, below: 4, job: "other", chain: "other"),
            recorded(6, "request", trace: 2),
        ])
        #expect(
            forest.tree(ofChain: "chain").rendered() == """
                trace t1
                  s1 start order [producer]
                    s2 process order [consumer]
                      s3 query [internal]
                """)
        try forest.tree(ofChain: "other").expect {
            trace { span("start report") { span("process report") } }
            without(.parentsKnown)
        }
        #expect(forest.tree(ofChain: "none").spans.isEmpty && forest.chainIDs == ["chain", "other"])
    }

    @Test("A9 spans are found by name, and by a line of names")
    func path() throws {
        let forest = TraceForest([
            recorded(1, "root"), recorded(2, "a", below: 1), recorded(3, "b", below: 1), recorded(4, "a", below: 3),
            recorded(5, "c", below: 4),
        ])
        #expect(forest.path("a", "c")?.map(\.context) == [context(4), context(5)])
        #expect(forest.path("root", "a")?.map(\.context) == [context(1), context(2)])
        #expect(forest.path("root", "c") == nil && forest.path("c", "a") == nil)
        #expect(forest.spans(named: "a").count == 2)
    }
}
