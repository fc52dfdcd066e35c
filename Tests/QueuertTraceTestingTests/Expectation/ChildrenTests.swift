import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Spans below spans, and traces", .removedFailures)
struct ChildrenTests {
    static let forest = TraceForest([
        recorded(1, "root"), recorded(2, "a", below: 1), recorded(3, "b", below: 1), recorded(4, "c", below: 1),
    ])

    static func mismatch(
        in forest: TraceForest = forest, @ForestExpectationBuilder _ expectation: () -> ForestExpectation
    ) throws -> String {
        try #require(throws: TraceMismatch.self) { try forest.expect(expectation) }.description
    }

    @Test("A1 children come in order of their starts, all of them")
    func exact() throws {
        try Self.forest.expect {
            trace {
                span("root") {
                    span("a")
                    span("b")
                    span("c")
                }
            }
        }
    }

    @Test("A1 children in another order differ")
    func wrongOrder() throws {
        let text = try Self.mismatch {
            trace {
                span("root") {
                    span("b")
                    span("a")
                    span("c")
                }
            }
        }
        #expect(text.contains("-     "), "\(text)")
        #expect(text.contains("was not expected") || text.contains("is missing"))
    }

    @Test("A1 a child that isn't expected is shown with +")
    func unexpected() throws {
        let text = try Self.mismatch {
            trace {
                span("root") {
                    span("a")
                    span("c")
                }
            }
        }
        #expect(
            text.contains(
                """
                      s2 a [internal]
                +     s3 b [internal]
                      s4 c [internal]
                """), "\(text)")
        #expect(text.contains("First difference in trace t1 › root:\n  s3 b [internal] was not expected"))
    }

    @Test("A1 a child that is missing is shown with - where it should be, and the nearest one is named")
    func missing() throws {
        let text = try Self.mismatch {
            trace {
                span("root") {
                    span("a")
                    span("x", .client, ["k": "v"]) { span("y") }
                    span("b")
                    span("c")
                }
            }
        }
        #expect(
            text.contains(
                """
                      s2 a [internal]
                -     x [client]
                -         k = "v"
                -       y
                      s3 b [internal]
                """), "\(text)")
        #expect(text.contains("x [client] is missing"))
    }

    @Test("A1 a span where none is expected differs: no closure means no children")
    func leaf() throws {
        #expect(try Self.mismatch { trace { span("root") } }.contains("+     s2 a [internal]"))
    }

    @Test("A1 unordered takes any order, and still all of them")
    func unordered() throws {
        try Self.forest.expect {
            trace {
                span("root") {
                    span("c")
                    span("a")
                    span("b")
                }
                .unordered()
            }
        }
        let text = try Self.mismatch {
            trace {
                span("root") {
                    span("c")
                    span("a")
                }
                .unordered()
            }
        }
        #expect(text.contains("s3 b [internal] was not expected"))
    }

    @Test("A1 containing lets others be there, in order")
    func containing() throws {
        try Self.forest.expect {
            trace {
                span("root") {
                    span("a")
                    span("c")
                }
                .containing()
            }
        }
        try Self.forest.expect { trace { span("root").containing() } }
        let text = try Self.mismatch {
            trace {
                span("root") {
                    span("c")
                    span("a")
                }
                .containing()
            }
        }
        #expect(text.contains("is missing"))
        #expect(!text.contains("was not expected"))
    }

    @Test("A1 unordered and containing together take any order and others")
    func unorderedContaining() throws {
        try Self.forest.expect {
            trace {
                span("root") {
                    span("c")
                    span("a")
                }
                .unordered().containing()
            }
        }
        #expect(
            try Self.mismatch {
                trace {
                    span("root") {
                        span("a")
                        span("a")
                    }
                    .unordered().containing()
                }
            }.contains("a is missing"))
    }

    @Test("A1 loops and conditions make children")
    func control() throws {
        let withC = true
        try Self.forest.expect {
            trace {
                span("root") {
                    for name in ["a", "b"] { span(name) }
                    if withC { span("c") }
                    if !withC { span("d") } else { [SpanExpectation]() }
                }
            }
        }
    }

    @Test("A1 the order of traces doesn't matter, and each must be expected")
    func traces() throws {
        let forest = TraceForest([recorded(1, "a"), recorded(2, "b", trace: 2), recorded(3, "b", trace: 3)])
        try forest.expect {
            trace { span("b") }
            trace { span("a") }
            trace { span("b") }
        }
        let unexpected = try Self.mismatch(in: forest) {
            trace { span("b") }
            trace { span("a") }
        }
        #expect(unexpected.contains("+ trace t3\n+   s3 b [internal]"), "\(unexpected)")
        #expect(unexpected.contains("trace t3 was not expected: b"))
        try forest.expect {
            trace { span("b") }
            otherTracesAllowed()
        }
        let missing = try Self.mismatch(in: forest) {
            for name in ["a", "b", "b", "c"] { trace { span(name) } }
        }
        #expect(missing.contains("a trace is missing: c"), "\(missing)")
        #expect(missing.contains("- trace\n-   c"), "\(missing)")
    }

    @Test("A1 a trace may have several roots, whose parents are elsewhere")
    func roots() throws {
        let forest = TraceForest([
            recorded(2, "a", below: 1, isParentRemote: true), recorded(3, "b", below: 1, isParentRemote: true),
        ])
        try forest.expect {
            trace {
                span("a")
                span("b")
            }
        }
        try forest.expect {
            trace {
                span("b")
                span("a")
            }
            .unordered()
        }
        try forest.expect { trace { span("b") }.containing() }
        let text = try Self.mismatch(in: forest) { trace { span("b") } }
        #expect(text.contains("s1 a [internal] below x1 (not recorded) was not expected"), "\(text)")
    }
}
