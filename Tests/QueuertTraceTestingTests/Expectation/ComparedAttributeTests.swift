import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Attributes that are compared with each other, kinds of attributes, and events", .removedFailures)
struct ComparedAttributeTests {
    static func forest(_ jobs: [AttributeValue]) -> TraceForest {
        TraceForest(
            [recorded(1, "root")]
                + jobs.enumerated().map { recorded(UInt64($0) + 2, "step", below: 1, attributes: ["job": $1]) })
    }

    @Test("A1 the same value is found in each span that mentions it, and handed back")
    func same() throws {
        func expect(_ jobs: [AttributeValue]) throws -> TraceMatch {
            try Self.forest(jobs).expect {
                trace {
                    span("root") {
                        span("step", nil, ["job": .same("job")])
                        span("step", nil, ["job": .same("job")])
                    }
                }
            }
        }
        #expect(try expect(["x", "x"])[value: "job"] == "x")
        let mismatch = try #require(throws: TraceMismatch.self) { try expect(["x", "y"]) }
        #expect(
            mismatch.description.contains(#"job: expected "x", as s2 has «job», found "y""#), "\(mismatch)")
    }

    @Test("A1 distinct values differ from each other, in repetitions too")
    func distinct() throws {
        func expect(_ jobs: [AttributeValue]) throws {
            try Self.forest(jobs).expect {
                trace { span("root") { span("step", nil, ["job": .distinct("job")]).repeated(1...) } }
            }
        }
        try expect(["x", "y", "z"])
        let mismatch = try #require(throws: TraceMismatch.self) { try expect(["x", "y", "x"]) }
        #expect(mismatch.description.contains(#"found "x", as s2 has it"#), "\(mismatch)")
    }

    @Test("A1 values tell spans apart that look alike otherwise")
    func tellApart() throws {
        let match = try Self.forest(["x", "y", "y"]).expect {
            trace {
                span("root") {
                    span("step", nil, ["job": .same("pair")])
                    span("step", nil, ["job": .same("pair")])
                    span("step").named("single")
                }.unordered()
            }
        }
        #expect(match["single"]?.context == context(2) && match[value: "pair"] == "y")
    }

    @Test(
        "A1 an attribute is of a kind",
        arguments: [
            ("anyString", AttributeMatcher.anyString, ["x"], [1, 1.5, true, ["x"]]),
            ("anyInt", .anyInt, [1], ["1", 1.5]), ("anyDouble", .anyDouble, [1.5], [1]),
            ("anyBool", .anyBool, [false], ["false"]),
            (
                "anyUUID", .anyUUID, ["6f9619ff-8b86-d011-b42d-00c04fc964ff", "6F9619FF-8B86-D011-B42D-00C04FC964FF"],
                ["6f9619ff-8b86-d011-b42d-00c04fc964f", "6f9619ff8b86-d011-b42d-00c04fc964ff0", 1]
            ),
            ("containing", .containing("x", "y"), [["y", "z", "x"]], [["x"], "xy"]),
        ] as [(String, AttributeMatcher, [AttributeValue], [AttributeValue])])
    func kinds(_ name: String, _ matcher: AttributeMatcher, yes: [AttributeValue], no: [AttributeValue]) {
        func holds(_ value: AttributeValue?) -> Bool {
            let span = recorded(1, "a", attributes: value.map { ["k": $0] } ?? [:])
            return (try? TraceForest([span]).expect { trace { QueuertTraceTesting.span("a", nil, ["k": matcher]) } })
                != nil
        }
        #expect(yes.allSatisfy(holds) && !no.contains(where: holds) && !holds(nil))
    }

    @Test("A1 events have attributes, and there may be no others")
    func events() throws {
        var happened = recorded(1, "a")
        happened.events = [
            SpanData.Event(name: "try", time: 1, attributes: [Attribute("n", 1)]),
            SpanData.Event(name: "try", time: 2, attributes: [Attribute("n", 2)]),
        ]
        let forest = TraceForest([happened])
        try forest.expect { trace { span("a").event("try", ["n": 2]).event("try").noOtherEvents() } }
        let wrong = try #require(throws: TraceMismatch.self) {
            try forest.expect { trace { span("a").event("try", ["n": 3]) } }
        }
        #expect(wrong.description.contains("event: expected try {n = 3}, found try {n = 1}"), "\(wrong)")
        let other = try #require(throws: TraceMismatch.self) {
            try forest.expect { trace { span("a").event("try").noOtherEvents() } }
        }
        #expect(other.description.contains("event: expected nothing, found try"), "\(other)")
    }

    @Test("A1 an expectation that compares values of events with others is refused")
    func comparedEvents() throws {
        let forest = TraceForest([recorded(1, "a", events: ["try"])])
        let error = try #require(throws: InvalidTraceExpectation.self) {
            try forest.expect { trace { span("a").event("try", ["n": .same("number")]) } }
        }
        #expect(error.code == .comparisonOutsideSpan)
        #expect(error.message.contains("n of the event try should be the same as each «number»"), "\(error)")
        #expect(throws: InvalidTraceExpectation.self) {
            try forest.expect { trace { span("a").event("try", ["n": .distinct("number")]) } }
        }
    }
}
