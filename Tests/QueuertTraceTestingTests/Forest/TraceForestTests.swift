import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Spans as trees")
struct TraceForestTests {
    static let spans = [
        recorded(
            5, "process order", below: 1, start: 20, links: [link(4, type: "retry_of"), link(99, trace: 9, type: nil)]),
        recorded(
            4, "process order", below: 1, kind: .consumer, start: 10, attributes: ["b": 1, "a": ["x", 2.5, false]],
            events: ["claimed"], status: .error(description: "no \"stock\"\nleft")),
        recorded(7, "report", below: 6, trace: 2, kind: .server, start: 5, status: .ok, isParentRemote: true),
        recorded(1, "start order", kind: .producer, start: 1),
        recorded(3, "b", below: 4, start: 11), recorded(2, "a", below: 4, kind: .client, start: 11),
    ]

    @Test("A5 the drawing is the same whatever the order and the identifiers of the spans")
    func canonical() {
        let text = """
            trace t1
              s1 start order [producer]
                s2 process order [consumer] error("no \\"stock\\"\\nleft")
                  s3 a [client]
                  s4 b [internal]
                s5 process order [internal]
                    → retry_of s2 (process order)
                    → (no type) x1 (not recorded)
            trace t2
              s6 report [server] ok below x2 (not recorded)
            """
        #expect(TraceForest(Self.spans).rendered() == text)
        #expect(TraceForest(Self.spans.reversed()).rendered() == text)
    }

    @Test("A5 attributes and events are shown if asked for, sorted")
    func attributes() {
        let forest = TraceForest(Self.spans)
        #expect(forest.rendered(.init(attributes: .only(["b"]))).contains("\n        b = 1\n"))
        #expect(!forest.rendered(.init(attributes: .only(["b"]))).contains("a = "))
        #expect(
            forest.description.contains(
                """
                        a = ["x", 2.5, false]
                        b = 1
                        ! claimed
                """))
    }

    @Test("traces are in order of their starts, their spans by start and then by name")
    func order() {
        let forest = TraceForest(Self.spans)
        #expect(forest.traces.map { $0.roots.map(\.span.name) } == [["start order"], ["report"]])
        #expect(forest.traces[0].roots[0].children.map(\.span.context) == [context(4), context(5)])
        #expect(forest.traces[0].roots[0].children[0].children.map(\.span.name) == ["a", "b"])
        #expect(forest.spans(named: "process order").count == 2)
    }

    @Test("spans that are each other's parents are shown once, the earliest as a root")
    func cycle() {
        let forest = TraceForest([
            recorded(1, "a", below: 3), recorded(2, "b", below: 1), recorded(3, "c", below: 2),
            recorded(4, "d", below: 2), recorded(5, "e", below: 5),
        ])
        #expect(
            forest.rendered() == """
                trace t1
                  s1 a [internal] below s3 (c)
                    s2 b [internal]
                      s3 c [internal]
                      s4 d [internal]
                  s5 e [internal] below s5 (e)
                """)
    }

    @Test("no spans make no trees")
    func empty() throws {
        #expect(TraceForest([]).rendered() == "")
        try TraceForest([]).expect {}
    }

    @Test("open spans have names in links and roots")
    func openSpans() {
        let forest = TraceForest(
            [recorded(2, "b", below: 1)], openSpans: [OpenSpan(context: context(1), name: "a")])
        #expect(forest.rendered().contains("s1 b [internal] below o1 (a, open)"))
    }
}
