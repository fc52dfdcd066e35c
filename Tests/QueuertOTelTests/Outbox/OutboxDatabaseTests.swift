import HTTPTestSupport
import Logging
import Queuert
import QueuertConformance
import QueuertSQLite
import SQLiteTestSupport
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("The database of a telemetry outbox", .timeLimit(.minutes(20))) struct OutboxDatabaseTests {
    private enum Parcel: EntryJobType {
        static let name = "parcel"
        typealias Input = Int
        typealias Output = Int
    }

    private let log = RecordingLog()

    private func outbox(in adapter: MemoryStateAdapter) -> TelemetryOutbox {
        TelemetryOutbox(
            in: adapter, configuration: .init(), logger: log.logger(), pace: OutboxFixture.still,
            lease: .seconds(3600))
    }

    private func telemetry(_ outbox: TelemetryOutbox, url: String) -> Telemetry {
        let variables = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
            "OTEL_BSP_SCHEDULE_DELAY": "3600000",
        ]
        return Telemetry(EnvironmentConfiguration(environment: variables), outbox: outbox, logger: log.logger())
    }

    private static func total(_ adapter: MemoryStateAdapter) async throws -> Int {
        try await adapter.withReadConnection { db in try adapter.operations(on: db).telemetryTotal().items }
    }

    @Test("a client whose outbox is in another database says so at start, makes no worker, and loses nothing")
    func another() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let (adapter, other) = (MemoryStateAdapter(), MemoryStateAdapter())
        let telemetry = telemetry(outbox(in: other), url: server.url)
        let client = Client(adapter: adapter, observability: telemetry.queue, logger: log.logger())
        #expect(log.levels == [.error])
        #expect(log.entries.first?.message.contains("another database than the queue") == true)
        #expect(throws: OutboxDatabaseError.self) {
            _ = try Worker(client: client, processors: [.atomic(Parcel.self) { _, _ in .finish(1) }])
        }
        _ = try await client.startJobChain(Parcel.self, input: 1)
        // Nobody would look for it there; as without an outbox in the queue's database, the batch is kept.
        #expect(try await Self.total(adapter) == 0)
        #expect(await telemetry.flush(timeout: .seconds(600)) == .success)
        #expect(try server.requests.flatMap { try SpanNames.read($0.body) } == ["start parcel"])
        _ = await telemetry.shutdown()
    }

    @Test("a client whose outbox is in its own database has nothing to say, through whatever adapter")
    func same() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let adapter = MemoryStateAdapter()
        let telemetry = telemetry(outbox(in: adapter), url: server.url)
        let client = Client(adapter: FaultyStateAdapter(adapter), observability: telemetry.queue, logger: log.logger())
        #expect(client.adapter.databaseIdentity == adapter.databaseIdentity && adapter.databaseIdentity != nil)
        _ = try Worker(client: client, processors: [.atomic(Parcel.self) { _, _ in .finish(1) }])
        _ = try await client.startJobChain(Parcel.self, input: 1)
        #expect(try await Self.total(adapter) == 1)
        #expect(log.entries.isEmpty)
        _ = await telemetry.shutdown()
    }

    @Test("what is not known of a database tells it from no other")
    func unknown() {
        func identity(_ system: String, _ database: String?, _ tables: String) -> DatabaseIdentity {
            DatabaseIdentity(system: system, database: database, tables: tables)
        }
        let shop = identity("postgresql", "shop", "public.queuert_")
        #expect(!shop.differs(from: shop))
        #expect(!shop.differs(from: identity("postgresql", nil, "public.queuert_")))
        #expect(!identity("postgresql", nil, "public.queuert_").differs(from: shop))
        #expect(shop.differs(from: identity("postgresql", "office", "public.queuert_")))
        #expect(shop.differs(from: identity("postgresql", nil, "public.other_")))
        #expect(shop.differs(from: identity("sqlite", "shop", "public.queuert_")))
    }

    @Test("a file is one database, whichever path leads there, and databases in memory are as many as there are pools")
    func files() async throws {
        try await withTemporaryFolder { folder in
            let first = try await SQLitePool(path: "\(folder)/queue.sqlite")
            let name = folder.split(separator: "/").last ?? ""
            let second = try await SQLitePool(path: "\(folder)/../\(name)/queue.sqlite")
            let memory = try await SQLitePool(path: ":memory:")
            let others = try await SQLitePool(path: ":memory:")
            func identity(_ pool: SQLitePool, prefix: String = "queuert_") throws -> DatabaseIdentity {
                try #require(SQLiteStateAdapter(pool: pool, tablePrefix: prefix).databaseIdentity)
            }
            #expect(try identity(first) == identity(second))
            #expect(try identity(first).differs(from: identity(first, prefix: "other_")))
            #expect(try identity(first).differs(from: identity(memory)))
            #expect(try identity(memory) == identity(memory) && identity(memory).differs(from: identity(others)))
            for pool in [first, second, memory, others] { await pool.close() }
        }
    }
}
