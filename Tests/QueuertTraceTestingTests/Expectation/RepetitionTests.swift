import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Parts that come several times, or may be missing", .removedFailures)
struct RepetitionTests {
    static func forest(_ names: String...) -> TraceForest {
        TraceForest(
            [recorded(1, "root")]
                + names.enumerated().map { recorded(UInt64($0) + 2, $1, below: 1) })
    }

    static func holds(_ forest: TraceForest, @SpanExpectationBuilder _ children: () -> [SpanExpectation]) -> Bool {
        let children = children()
        return (try? forest.expect { trace { span("root") { children } } }) != nil
    }

    @Test("A1 a span that is repeated comes that often, and as often as a range allows")
    func counts() {
        let three = Self.forest("a", "a", "a")
        #expect(Self.holds(three) { span("a").repeated(3) })
        #expect(!Self.holds(three) { span("a").repeated(2) })
        #expect(!Self.holds(three) { span("a").repeated(4) })
        #expect(Self.holds(three) { span("a").repeated(1...) })
        #expect(Self.holds(three) { span("a").repeated(...3) })
        #expect(Self.holds(three) { span("a").repeated(2..<4) })
        #expect(!Self.holds(three) { span("a").repeated(0...2) })
        #expect(!Self.holds(three) { span("a").repeated(4...) })
        #expect(Self.holds(Self.forest()) { span("a").repeated(0...) })
        #expect(Self.holds(Self.forest()) { span("a").repeated(0) })
    }

    @Test("A1 less than no span, trace or link stops the program")
    func invalidCounts() async {
        await #expect(processExitsWith: .failure) { _ = span("a").repeated(-1) }
        await #expect(processExitsWith: .failure) { _ = trace { span("a") }.repeated(-1...1) }
        await #expect(processExitsWith: .failure) { _ = span("a").links(-1) }
        await #expect(processExitsWith: .failure) { _ = span("a").incomingLinks((-2)...) }
    }

    @Test("A1 repetitions are in order with what is around them")
    func inOrder() {
        let forest = Self.forest("a", "a", "b", "c", "c")
        #expect(
            Self.holds(forest) {
                span("a").repeated(1...)
                span("b")
                span("c").repeated(2...5)
            })
        #expect(
            !Self.holds(forest) {
                span("b")
                span("a").repeated(2)
                span("c").repeated(2)
            })
        // Two kinds of the same name: the first takes what the second doesn't need.
        #expect(
            Self.holds(Self.forest("a", "a", "a")) {
                span("a").repeated(0...)
                span("a")
            })
    }

    @Test("A1 an optional span may be missing, and what is below it with it")
    func optional() {
        func holds(_ forest: TraceForest) -> Bool {
            Self.holds(forest) {
                span("a")
                span("b") { span("x") }.optional()
                span("c")
            }
        }
        #expect(holds(Self.forest("a", "c")))
        #expect(!holds(Self.forest("a", "b", "c")))
        #expect(holds(TraceForest(Self.forest("a", "b", "c").spans + [recorded(9, "x", below: 3)])))
        #expect(!holds(Self.forest("a", "c", "c")))
    }

    @Test("A1 in any order, all that is there must be one of those that may be")
    func unordered() throws {
        func holds(_ names: [String]) -> Bool {
            let spans = names.enumerated().map { recorded(UInt64($0) + 2, $1, below: 1) }
            let match = try? TraceForest([recorded(1, "root")] + spans).expect {
                trace {
                    span("root") {
                        span("a").repeated(1...2)
                        span("b").optional()
                    }.unordered()
                }
            }
            return match != nil
        }
        #expect(holds(["b", "a"]) && holds(["a", "b", "a"]) && holds(["a"]))
        #expect(!holds(["b"]) && !holds(["a", "a", "a"]) && !holds(["a", "b", "b"]) && !holds(["a", "c"]))
    }

    @Test("A1 traces are repeated, too")
    func traces() throws {
        let forest = TraceForest([recorded(1, "a"), recorded(2, "a", trace: 2), recorded(3, "b", trace: 3)])
        try forest.expect {
            trace { span("a") }.repeated(2)
            trace { span("b") }.optional()
            trace { span("c") }.optional()
        }
        #expect(throws: TraceMismatch.self) {
            try forest.expect {
                trace { span("a") }.repeated(3...)
                trace { span("b") }
            }
        }
    }

    @Test("A1 each repetition has its own spans, links and values")
    func instances() throws {
        let spans = (1...3 as ClosedRange<UInt64>).flatMap { number in
            [
                recorded(10 * number, "start", trace: number, attributes: ["job": .int(Int64(number))]),
                recorded(
                    10 * number + 1, "process", below: 10 * number, trace: number,
                    attributes: ["job": .int(Int64(number))],
                    links: [link(10 * number, trace: number, type: "creation")]),
            ]
        }
        func expect(_ spans: [SpanData]) throws -> TraceMatch {
            try TraceForest(spans).expect {
                trace {
                    span("start", nil, ["job": .same("job")]) {
                        span("process", nil, ["job": .same("job")]).linked(to: "start", type: "creation").named(
                            "process")
                    }.named("start")
                }.repeated(3)
            }
        }
        let match = try expect(spans)
        #expect(match.all("process").count == 3 && match["process"]?.name == "process")
        #expect(match.all("nobody").isEmpty)
        var mixedUp = spans
        mixedUp[1].attributes[0].value = 2
        #expect(throws: TraceMismatch.self) { try expect(mixedUp) }
        var wronglyLinked = spans
        wronglyLinked[1].links = spans[3].links
        #expect(throws: TraceMismatch.self) { try expect(wronglyLinked) }
    }

    @Test("A1 which repetition is meant must be clear")
    func unclear() throws {
        let failure = try #require(throws: InvalidTraceExpectation.self) {
            try Self.forest("a").expect {
                trace {
                    span("root") {
                        span("a").repeated(2).named("a")
                        span("b").linked(to: "a").repeated(2)
                    }
                }
            }
        }
        #expect(failure.code == .repeatedReference && failure.description.contains("\"a\""))
    }

    @Test("A2 a link to a part that is repeated asks for a link to each, and to what is missing for none")
    func linkedToEach() throws {
        func spans(_ links: Int) -> [SpanData] {
            [
                recorded(1, "root"), recorded(2, "create", below: 1), recorded(3, "create", below: 1),
                recorded(
                    4, "start", below: 1, links: (0..<links).map { link(UInt64($0) + 2, type: "creation") }),
            ]
        }
        func expect(_ spans: [SpanData]) throws {
            try TraceForest(spans).expect {
                trace {
                    span("root") {
                        span("create").repeated(1...5).named("created")
                        span("start").linked(to: "created", type: "creation").noOtherLinks()
                        span("rare").named("rare").optional()
                        span("end").starts(after: "rare").optional()
                    }
                }
            }
        }
        try expect(spans(2))
        #expect(throws: TraceMismatch.self) { try expect(spans(1)) }
        #expect(throws: TraceMismatch.self) { try expect(spans(3)) }
    }

    @Test("A3 a repetition that is missing or one too many is shown")
    func text() throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try Self.forest("a").expect { trace { span("root") { span("a").repeated(2...3) } } }
        }
        #expect(mismatch.description.contains("-     a (2 to 3 times)"), "\(mismatch)")
        let tooMany = try #require(throws: TraceMismatch.self) {
            try Self.forest("a", "a").expect { trace { span("root") { span("a").optional() } } }
        }
        #expect(tooMany.description.contains("+     s3 a [internal]"), "\(tooMany)")
    }

    @Test("A1 many repetitions are compared quickly", .timeLimit(.minutes(20)))
    func many() throws {
        func forest(_ count: UInt64) -> TraceForest {
            let spans = (0..<count).map {
                recorded($0 + 2, $0 % 2 == 0 ? "a" : "b", below: 1, attributes: ["n": .int(Int64($0))])
            }
            return TraceForest([recorded(1, "root")] + spans)
        }
        let match = try forest(400).expect {
            trace {
                span("root") {
                    span("a").repeated(1...).named("a")
                    span("b").repeated(1...)
                }.unordered()
            }
        }
        #expect(match.all("a").count == 200)
        #expect(throws: TraceMismatch.self) {
            try forest(100).expect { trace { span("root") { span("a").repeated(1...) } } }
        }
        let distinct = try forest(40).expect {
            trace {
                span("root") { span("a", nil, ["n": .distinct("n")]).repeated(1...).named("a") }
                    .unordered().containing()
            }
        }
        #expect(Set(distinct.all("a").map(\.context)).count == 20)
    }
}
