import Logging
import Queuert
import QueuertOTel
import QueuertTraceTesting
import Testing
import Tracing

@Suite("Log records as they should be", .removedFailures, .timeLimit(.minutes(20)))
struct LogRecorderTests {
    static func record(_ body: String, _ severity: LogSeverity = .info, event: String = "", n: Int64 = 1)
        -> LogRecordData
    {
        LogRecordData(
            time: 1, severity: severity, body: body, attributes: [Attribute("n", .int(n))], eventName: event,
            scope: InstrumentationScope(name: "shop"))
    }

    static func recorder(_ records: LogRecordData...) -> LogRecorder {
        let recorder = LogRecorder(deadlineClock: ManualClock())
        for record in records { recorder.logged(record) }
        return recorder
    }

    @Test("A13 records come in order, all of them, unless said otherwise")
    func order() async throws {
        let recorder = Self.recorder(
            Self.record("one", .notice), Self.record("two", event: "shop.sold", n: 2), Self.record("three"))
        try await recorder.expect {
            logRecord("one", .notice, ["n": 1]).exactAttributes()
            logRecord(event: "shop.sold").attribute("n", .anyInt)
            logRecord("three")
        }
        let found = try await recorder.expect(othersAllowed: true) { logRecord("three") }
        #expect(found.map(\.body) == ["three"] && recorder.records(ofEvent: "shop.sold").count == 1)
        try await recorder.expect(anyOrder: true) {
            for body in ["two", "three", "one"] { logRecord(body) }
        }
        try await recorder.expect(othersAllowed: true, anyOrder: true) {
            logRecord("three")
            logRecord("one")
        }
        for anyOrder in [false, true] {
            await #expect(throws: TraceMismatch.self) {
                try await recorder.expect(within: .zero, anyOrder: anyOrder) { logRecord("one") }
            }
        }
        await #expect(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero, othersAllowed: true) {
                logRecord("three")
                logRecord("one")
            }
        }
    }

    @Test("A13 what differs is drawn record by record")
    func text() async throws {
        let recorder = Self.recorder(
            Self.record("one"), Self.record("new", .error), Self.record("two", event: "shop.sold"))
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero) {
                logRecord("one", .notice, ["n": 2])
                logRecord(event: "shop.sold")
                logRecord("gone", .info, ["k": "v"])
            }
        }
        #expect(
            mismatch.details == """
                All differences (- expected, + recorded):
                  "one" [info]
                -     severity = notice
                +     severity = info
                -     n = 2
                +     n = 1
                + "new" [error]
                +     n = 1
                  shop.sold [info]
                - "gone" [info]
                -     k = "v"
                """, "\(mismatch)")
    }

    @Test("A13 a logger's records are waited for, with the span that they were made in")
    func waits() async throws {
        try await withTraceRecording { recorder in
            let logs = LogRecorder()
            let logger = Logger(label: "shop") { TelemetryLogHandler(label: $0, processor: logs) }
            async let found = logs.expect { logRecord("Sold out", .warning, ["shop.item": "book"]) }
            withSpan("sell") { _ in logger.warning("Sold out", metadata: ["shop.item": "book"]) }
            _ = try await found
            let match = try await recorder.expect { trace { span("sell").named("sell") } }
            let sell = try #require(match["sell"])
            try await logs.expect { logRecord("Sold out").inSpan(sell) }
            withSpan("rest") { _ in }
            let rest = try #require(recorder.spans(named: "rest").first)
            let mismatch = try await #require(throws: TraceMismatch.self) {
                try await logs.expect(within: .zero) { logRecord("Sold out").inSpan(rest) }
            }
            #expect(mismatch.details.contains("+     span = \(sell.context.spanID)"), "\(mismatch)")
            logs.removeAll()
            try await logs.expect {}
        }
    }

    @Test("A13 an expectation that compares values of records with each other is refused")
    func comparedValues() async throws {
        let recorder = Self.recorder(Self.record("one"), Self.record("two", n: 2))
        let error = try await #require(throws: InvalidTraceExpectation.self) {
            try await recorder.expect(within: .zero) {
                logRecord("one", .info, ["n": .same("n")])
                logRecord("two", .info, ["n": .same("n")])
            }
        }
        #expect(error.code == .comparisonOutsideSpan && error.message.contains("n of the log record"), "\(error)")
    }

    @Test("A7 events of the queue that aren't registered are told")
    func registered() async throws {
        let recorder = LogRecorder()
        try await withShop { shop in
            let chain = try await shop.client.startJobChain(Order.self, input: 1)
            _ = try await shop.client.deleteJobChains([chain.id])
            try await shop.logs.expect { logRecord(event: "queuert.chain.deleted", .info) }
            var record = try #require(shop.logs.records.first)
            record.eventName = "queuert.cake.baked"
            recorder.logged(record)
        }
        let mismatch = try await #require(throws: TraceMismatch.self) {
            try await recorder.expect(within: .zero) { logRecord(event: "queuert.cake.baked") }
        }
        #expect(mismatch.details.contains("The event queuert.cake.baked is not registered. [registeredNames]"))
        try await recorder.expect(without: [.registeredNames]) { logRecord(event: "queuert.cake.baked") }
    }
}
