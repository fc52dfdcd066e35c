package import Logging
package import Queuert
import QueuertOTel
package import QueuertSQLite
package import QueuertTraceTesting

/// A queue in a SQLite database of its own, whose spans are recorded, for the test of an example.
package struct ExampleQueue: Sendable {
    package let client: Client<SQLiteStateAdapter>
    package let recorder: TraceRecorder
    package var pool: SQLitePool { client.adapter.pool }

    /// Runs a worker while a body runs.
    package func working<R>(_ worker: Worker<SQLiteStateAdapter>, _ body: () async throws -> R) async throws -> R {
        async let working: Void = worker.run()
        let value = try await body()
        await worker.stop()
        await working
        return value
    }

    /// Runs a statement in a transaction of its own.
    package func execute(_ sql: String) async throws { try await pool.write { db in try db.executeScript(sql) } }

    /// The rows of a query, as text: the values of a row with commas between.
    package func rows(_ sql: String) async throws -> [String] {
        try await pool.read { db in
            try db.query(sql).map { row in row.values.map(\.shown).joined(separator: ", ") }
        }
    }
}

/// Runs a body with a queue whose tables are there and empty.
///
/// - Parameters:
///   - clock: The time of the database and of the spans; the machine's by default.
///   - logger: Where the queue logs; what it says is dropped by default.
///   - body: What to run.
/// - Throws: What the body throws, or an error of the database.
package nonisolated(nonsending) func withExampleQueue(
    clock: any QueueClock = SystemClock(), logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
    _ body: nonisolated(nonsending) (ExampleQueue) async throws -> Void
) async throws {
    try await withTraceRecording(clock: QueueSpanClock(clock)) { recorder in
        let pool = try await SQLitePool(path: ":memory:")
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock, logger: logger)
        try await adapter.migrate()
        // How long a job waits for a worker depends on the machine, and is not what is tested.
        let instrumentation = QueueInstrumentation(
            tracer: recorder.tracer, configuration: .init(waitThreshold: .seconds(3600)), logger: logger)
        let client = Client(adapter: adapter, observability: instrumentation, clock: clock, logger: logger)
        try await body(ExampleQueue(client: client, recorder: recorder))
        await pool.close()
    }
}

extension SQLiteValue {
    fileprivate var shown: String {
        switch self {
        case .null: "NULL"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .text(let value): value
        case .blob(let value): "\(value.count) bytes"
        }
    }
}
