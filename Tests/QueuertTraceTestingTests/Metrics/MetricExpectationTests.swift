import Logging
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Metrics as they should be", .removedFailures, .timeLimit(.minutes(20)))
struct MetricExpectationTests {
    static func snapshot() async -> MetricSnapshot {
        let meters = MeterProvider()
        let mails = meters.counter("shop.mails", unit: "{mail}")
        mails.add(2, ["kind": "receipt", "to": "buyer"])
        mails.add(1, ["kind": "offer", "to": "buyer"])
        meters.histogram("shop.duration", unit: "s").record(0.5, ["kind": "receipt"])
        meters.histogram("shop.duration", unit: "s").record(1.5, ["kind": "receipt"])
        meters.upDownCounter("shop.open").add(-3)
        return await MetricSnapshot(of: meters)
    }

    static func mismatch(
        @ExpectationBuilder<MetricExpectation> _ expectation: () -> [MetricExpectation]
    ) async throws -> TraceMismatch {
        let snapshot = await snapshot()
        let expectation = expectation()
        return try #require(throws: TraceMismatch.self) { try snapshot.expect { expectation } }
    }

    @Test("A13 kinds, units, points, numbers and totals are compared")
    func holds() async throws {
        try await Self.snapshot().expect {
            metric("shop.mails", .counter, unit: "{mail}") {
                point(["kind": "offer"]).value(1)
                point(["kind": "receipt", "to": .anyString]).value(.atLeast(2)).exactAttributes()
            }.total(3)
            metric("shop.mails") { point(["kind": "offer"]) }.containing()
            metric("shop.duration", .histogram) {
                point(["kind": "receipt"]).count(2).sum(2).minimum(0.5).maximum(.between(1...2))
            }.total(.atMost(2))
            metric("shop.open", .upDownCounter) { point().value(-3).exactAttributes() }
            metric("shop.closed").absent()
        }
        #expect(await Self.snapshot().metric(named: "shop.mails")?.descriptor.unit == "{mail}")
    }

    @Test("A13 what differs is drawn point by point")
    func text() async throws {
        let mismatch = try await Self.mismatch {
            metric("shop.mails", .gauge, unit: "{letter}") {
                point(["kind": "receipt"]).value(3)
                point(["kind": "refusal"]).value(1)
            }.total(.atLeast(4))
            metric("shop.closed") { point(["kind": "x"]).count(1) }
            metric("shop.open").absent()
        }
        #expect(
            mismatch.details == """
                All differences (- expected, + measured):
                  metric shop.mails
                -     kind = gauge
                +     kind = counter
                -     unit = {letter}
                +     unit = {mail}
                -     total = 4 or more
                +     total = 3
                    point {kind = "receipt", to = "buyer"} value 2
                -       value = 3
                +       value = 2
                -   point {kind = "refusal"} value 1
                +   point {kind = "offer", to = "buyer"} value 1
                - metric shop.closed
                -   point {kind = "x"} count 1
                + metric shop.open
                +   point {} value -3
                """, "\(mismatch)")
        #expect(mismatch.fileID.description.hasSuffix("MetricExpectationTests.swift") && mismatch.code == .differs)
    }

    @Test("A13 an exemplar leads to the span that the measurement was made in")
    func exemplar() async throws {
        try await withTraceRecording { recorder in
            let meters = MeterProvider()
            let duration = meters.histogram("shop.duration")
            withSpan("work") { _ in duration.record(1) }
            withSpan("rest") { _ in }
            let match = try await recorder.expect {
                trace { span("work").named("work") }
                trace { span("rest").named("rest") }
            }
            let (work, rest) = try (#require(match["work"]), #require(match["rest"]))
            let snapshot = await MetricSnapshot(of: meters)
            try snapshot.expect { metric("shop.duration") { point().exemplar(in: work) } }
            let mismatch = try #require(throws: TraceMismatch.self) {
                try snapshot.expect { metric("shop.duration") { point().exemplar(in: rest) } }
            }
            #expect(mismatch.details.contains("+       exemplar in span = \(work.context.spanID)"), "\(mismatch)")
        }
    }

    @Test("A13 an expectation that compares values of points with each other is refused")
    func comparedValues() async throws {
        let snapshot = await Self.snapshot()
        let error = try #require(throws: InvalidTraceExpectation.self) {
            try snapshot.expect { metric("shop.mails") { point(["kind": .distinct("kind")]) }.containing() }
        }
        #expect(error.code == .comparisonOutsideSpan && error.message.contains("a point of shop.mails"), "\(error)")
        await #expect(throws: InvalidTraceExpectation.self) {
            try await MeterProvider().expect(within: .zero) { metric("shop.mails") { point(["kind": .same("kind")]) } }
        }
    }

    @Test("A13 meters are waited for")
    func waits() async throws {
        let meters = MeterProvider()
        let mails = meters.counter("shop.mails")
        let clock = ManualClock()
        async let done: Void = meters.expect(within: .seconds(60), every: .seconds(1), clock: clock) {
            metric("shop.mails").total(2)
        }
        await clock.sleepers(2)
        mails.add(2)
        clock.advance(by: .seconds(1))
        try await done
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await meters.expect(within: .zero) { metric("shop.mails").total(3) }
        }
        #expect(mismatch.summary.contains("after 0.0 seconds: 1 metric)"))
        let empty = try await #require(throws: TraceMismatch.self) {
            try await MeterProvider().expect(within: .zero) { metric("shop.mails") }
        }
        #expect(empty.hint.hasPrefix("Nothing was measured at all"))
    }

    @Test("A7 no metric is told apart by what there is no end of, and Queuert's are registered")
    func invariants() async throws {
        let meters = MeterProvider()
        meters.counter("shop.mails").add(1, ["queuert.job.id": "1"])
        meters.counter("shop.letters").add(1, ["letter": "6f9619ff-8b86-d011-b42d-00c04fc964ff"])
        meters.counter("queuert.cakes", scope: InstrumentationScope(name: "queuert")).add(1)
        let snapshot = await MetricSnapshot(of: meters)
        let mismatch = try #require(throws: TraceMismatch.self) { try snapshot.expect {} }
        #expect(mismatch.code == .invariantsBroken)
        for text in [
            #"The metric shop.mails is told apart by queuert.job.id = "1", of which there is no end. [boundedMetricAttributes]"#,
            "The metric shop.letters is told apart by letter",
            "The metric queuert.cakes is not registered. [registeredNames]",
        ] {
            #expect(mismatch.details.contains(text), "\(mismatch)")
        }
        try snapshot.expect(without: [.registeredNames, .boundedMetricAttributes]) {}
    }
}
