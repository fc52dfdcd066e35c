import QueuertOTel
import QueuertTraceTesting
import Testing

@Suite("Times of spans", .removedFailures)
struct TimingTests {
    /// A span from one second to another.
    static func span(_ id: UInt64, _ name: String, below parent: UInt64? = nil, from start: UInt64, to end: UInt64)
        -> SpanData
    {
        var span = recorded(id, name, below: parent, start: start * 1_000_000_000)
        span.end = end * 1_000_000_000
        return span
    }

    static let forest = TraceForest([
        span(1, "start", from: 0, to: 1), span(2, "process", below: 1, from: 3, to: 7),
        span(3, "complete", below: 2, from: 5, to: 7),
    ])

    static func holds(
        _ change: (SpanExpectation) -> SpanExpectation, complete: (SpanExpectation) -> SpanExpectation = { $0 }
    ) -> Bool {
        let match = try? forest.expect {
            trace {
                QueuertTraceTesting.span("start") {
                    change(
                        QueuertTraceTesting.span("process") {
                            complete(QueuertTraceTesting.span("complete")).named("complete")
                        }.named("process"))
                }.named("start")
            }
        }
        return match != nil
    }

    @Test("A6 durations are compared with bounds, and exactly")
    func durations() {
        #expect(Self.holds { $0.duration(.exactly(.seconds(4))) })
        #expect(!Self.holds { $0.duration(.exactly(.seconds(5))) })
        #expect(Self.holds { $0.duration(.atLeast(.seconds(4))).duration(.atMost(.seconds(4))) })
        #expect(!Self.holds { $0.duration(.atLeast(.milliseconds(4_001))) })
        #expect(Self.holds { $0.duration(.between(.seconds(1) ... .seconds(9))) })
    }

    @Test("A6 a span starts after another's end or start, with a gap")
    func gaps() {
        #expect(Self.holds { $0.starts(after: "start") })
        #expect(Self.holds { $0.starts(after: "start", by: .exactly(.seconds(2))) })
        #expect(!Self.holds { $0.starts(after: "start", by: .atLeast(.seconds(3))) })
        #expect(Self.holds({ $0 }, complete: { $0.starts(afterStartOf: "process", by: .exactly(.seconds(2))) }))
        #expect(!Self.holds({ $0 }, complete: { $0.starts(after: "process") }))
    }

    @Test("A6 a span encloses another, or lies in it")
    func intervals() {
        #expect(Self.holds { $0.encloses("complete") })
        #expect(!Self.holds { $0.encloses("start") })
        #expect(Self.holds({ $0 }, complete: { $0.during("process") }))
        #expect(!Self.holds({ $0 }, complete: { $0.during("start") }))
    }

    @Test("A6 times tell spans apart that look alike otherwise")
    func tellApart() throws {
        let forest = TraceForest([
            Self.span(1, "root", from: 0, to: 9), Self.span(2, "a", below: 1, from: 1, to: 4),
            Self.span(3, "a", below: 1, from: 2, to: 3),
        ])
        let match = try forest.expect {
            trace {
                QueuertTraceTesting.span("root") {
                    QueuertTraceTesting.span("a").during("outer").named("inner")
                    QueuertTraceTesting.span("a").named("outer")
                }.unordered()
            }
        }
        #expect(match["inner"]?.context == context(3) && match["outer"]?.context == context(2))
    }

    @Test("A6 a time that is not as expected is told with what it is")
    func text() throws {
        let mismatch = try #require(throws: TraceMismatch.self) {
            try Self.forest.expect {
                trace {
                    QueuertTraceTesting.span("start") {
                        QueuertTraceTesting.span("process") { QueuertTraceTesting.span("complete").during("start") }
                            .starts(after: "start", by: .atMost(.seconds(1))).duration(.atMost(.seconds(3)))
                    }.named("start")
                }
            }
        }
        #expect(
            mismatch.description.contains(
                """
                  duration: expected 3.0 seconds or less, found 4.0 seconds
                  starts after «start»: expected 1.0 seconds or less, found 2.0 seconds
                """), "\(mismatch)")
        #expect(
            mismatch.description.contains(
                "+           during «start» = starts 5.0 seconds after it, ends -6.0 seconds before it"),
            "\(mismatch)")
    }
}
