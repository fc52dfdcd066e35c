import Logging
import Queuert
import QueuertOTel
import SQLiteTestSupport
import Testing

@testable import QueuertOTelOutbox

@Suite("Telemetry outbox, by environment") struct OutboxEnvironmentTests {
    private let log = RecordingLog()

    private func outbox(_ environment: [String: String]) throws -> TelemetryOutbox? {
        try TelemetryOutbox.asConfigured(in: MemoryStateAdapter(), environment: environment, logger: log.logger())
    }

    @Test("there is none unless it is asked for", arguments: [nil, "", "none", "None"])
    func none(value: String?) throws {
        #expect(try outbox(value.map { ["QUEUERT_OTEL_OUTBOX": $0] } ?? [:]) == nil)
        #expect(log.entries.isEmpty)
    }

    @Test("it is the queue's database, or a file")
    func places() async throws {
        #expect(try outbox(["QUEUERT_OTEL_OUTBOX": "Database"])?.isInQueueDatabase == true)
        try await withTemporaryFolder { folder in
            let variables = ["QUEUERT_OTEL_OUTBOX": "\(folder)/kept.sqlite", "QUEUERT_OTEL_OUTBOX_MAX_SIZE": "1000"]
            let file = try #require(try outbox(variables))
            #expect(!file.isInQueueDatabase && file.keptItems == 0)
            #expect(file.configuration.maximumBytes == 1_000)
            #expect(await file.shutdown(timeout: .seconds(600)) == .success)
        }
        #expect(log.entries.isEmpty)
    }

    @Test("a bound that can't be used is ignored and logged")
    func bounds() throws {
        let variables = [
            "QUEUERT_OTEL_OUTBOX": "database", "QUEUERT_OTEL_OUTBOX_MAX_SIZE": "0",
            "QUEUERT_OTEL_OUTBOX_MAX_AGE": "3600000",
        ]
        let outbox = try #require(try outbox(variables))
        #expect(outbox.configuration.maximumBytes == TelemetryOutbox.Configuration().maximumBytes)
        #expect(outbox.configuration.maximumAge == .seconds(3600))
        #expect(log.levels == [.warning])
    }

    @Test("it logs from the level on that the environment says", arguments: [("error", 0), ("warn", 1)])
    func logLevel(word: String, lines: Int) throws {
        let variables = [
            "QUEUERT_OTEL_OUTBOX": "database", "QUEUERT_OTEL_OUTBOX_MAX_SIZE": "x", "OTEL_LOG_LEVEL": word,
        ]
        #expect(try outbox(variables) != nil)
        #expect(log.entries.count == lines)
    }
}
