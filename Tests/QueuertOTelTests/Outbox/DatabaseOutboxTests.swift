import Foundation
import Glibc
import HTTPTestSupport
import Logging
import Queuert
import QueuertConformance
import QueuertSQLite
import SQLiteTestSupport
import Synchronization
import Testing
import Tracing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

/// A queue whose transactions keep their spans in its own database.
private struct KeepingQueue<Adapter: StateAdapter>: Sendable where Adapter.Operations: TelemetryOutboxOperations {
    let adapter: Adapter
    let outbox: TelemetryOutbox
    let telemetry: Telemetry
    let client: Client<Adapter>
    let log = RecordingLog()

    init(
        _ adapter: Adapter, url: String, pace: OutboxSchedule.Pace = OutboxFixture.still,
        configuration: TelemetryOutbox.Configuration = .init(), environment: [String: String] = [:]
    ) {
        self.adapter = adapter
        outbox = TelemetryOutbox(
            in: adapter, configuration: configuration, logger: log.logger(), pace: pace, lease: .seconds(3600))
        let variables = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none",
            "OTEL_BSP_SCHEDULE_DELAY": "3600000", "OTEL_EXPORTER_OTLP_TIMEOUT": "3600000",
        ].merging(environment) { $1 }
        telemetry = Telemetry(
            EnvironmentConfiguration(environment: variables),
            // On a slow machine the wait for a worker is a span, too, of which no transaction tells.
            queue: .init(waitThreshold: .seconds(3600)), outbox: outbox, logger: log.logger())
        client = Client(adapter: adapter, observability: telemetry.queue, logger: log.logger())
    }

    /// Runs one chain, from its start to its end.
    func runChain() async throws {
        let worker = try Worker(client: client, processors: [.atomic(Errand.self) { _, _ in .finish(1) }])
        async let running: Void = worker.run()
        let chain = try await client.startJobChain(Errand.self, input: 1)
        _ = try await client.awaitJobChain(chain)
        await worker.stop()
        await running
    }

    /// What the database keeps.
    func kept() async throws -> [TelemetryMessage] {
        try await adapter.withReadConnection { db in
            try adapter.operations(on: db).oldestTelemetry("traces", limit: 1_000).map(\.message)
        }
    }
}

private enum Errand: EntryJobType {
    static let name = "errand"
    typealias Input = Int
    typealias Output = Int
}

/// The names of the spans in messages, in order of the alphabet.
private func names(_ messages: [[UInt8]]) throws -> [String] {
    try messages.flatMap { try SpanNames.read($0) }.sorted()
}

@Suite("Telemetry outbox in the queue's database", .timeLimit(.minutes(20))) struct DatabaseOutboxTests {
    private static let chainSpans = ["chain errand", "complete errand", "process errand", "start errand"]

    @Test("a transaction keeps the spans of what it writes, and one that is rolled back keeps none")
    func transactions() async throws {
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(MemoryStateAdapter(), url: server.url)
        try await queue.runChain()
        #expect(try names(await queue.kept().map(\.bytes)) == Self.chainSpans)
        await #expect(throws: CancellationError.self) {
            try await queue.client.withTransaction { db in
                _ = try await queue.client.startJobChain(Errand.self, input: 1, on: db)
                throw CancellationError()
            }
        }
        #expect(try names(await queue.kept().map(\.bytes)) == Self.chainSpans)
        try server.comeUp()
        #expect(await queue.telemetry.shutdown(timeout: .seconds(600)) == .success)
        // Of the one that was undone, the batch tells.
        #expect(try names(server.requests.map(\.body)) == Self.chainSpans + ["start errand"])
        #expect(try await queue.kept().isEmpty)
        #expect(queue.outbox.statistics.kept == 5 && queue.outbox.statistics.sent == 5)
        #expect(queue.telemetry.statistics?.exported == 1)
    }

    @Test("what many transactions keep is sent in few requests")
    func merged() async throws {
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(MemoryStateAdapter(), url: server.url)
        for number in 0..<300 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        #expect(try await queue.kept().count == 300)
        // What the outbox has tried by itself is over then.
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        try server.comeUp()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .success)
        #expect(server.requests.count == 2)
        #expect(try names(server.requests.map(\.body)).count == 300)
        #expect(queue.outbox.keptItems == 0 && queue.outbox.keptBytes == 0)
    }

    @Test(
        "if the receiver refuses what many transactions keep as one, no more is lost than what it refuses alone",
        arguments: zip([1, 2], [0, 1]))
    func refused(refusals: Int, lost: Int) async throws {
        let server = try ScriptedServer(Array(repeating: .respond(413), count: refusals), isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(MemoryStateAdapter(), url: server.url)
        for number in 0..<3 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        try server.comeUp()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == (lost > 0 ? .failure : .success))
        #expect(queue.outbox.statistics.refused == lost && queue.outbox.statistics.sent == 3 - lost)
        #expect(queue.log.entries.filter { $0.message.contains("refused") }.count == lost)
        #expect(try await queue.kept().isEmpty)
    }

    @Test("where the receiver refuses all, it is soon asked for many at once again")
    func refusesAll() async throws {
        let server = try ScriptedServer(then: .respond(400), isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(MemoryStateAdapter(), url: server.url)
        for number in 0..<300 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        try server.comeUp()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        #expect(queue.outbox.statistics.refused == 300)
        #expect(try await queue.kept().isEmpty)
        #expect(server.requests.count < 64)
    }

    @Test(
        "an answer that any request would get costs one transaction's message a try, and the others are kept",
        arguments: [302, 401, 403, 404])
    func turnedAway(status: Int) async throws {
        let server = try ScriptedServer([.respond(status), .respond(status)], isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(MemoryStateAdapter(), url: server.url)
        for number in 0..<300 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        // What the outbox has tried by itself is over then.
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        try server.comeUp()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        #expect(queue.outbox.statistics.refused == 1 && queue.outbox.keptItems == 299)
        #expect(server.requests.count == 2)
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .success)
        #expect(queue.outbox.statistics.sent == 299)
        #expect(try await queue.kept().isEmpty)
    }

    @Test("where the answer makes no sense, what may have been taken isn't sent again")
    func unreadableAnswer() async throws {
        let page = ScriptedServer.Answer.respond(
            200, headers: ["Content-Type": "text/html"], body: Array("<html></html>".utf8))
        let server = try ScriptedServer(then: page, isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(MemoryStateAdapter(), url: server.url)
        for number in 0..<3 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        try server.comeUp()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        #expect(queue.outbox.statistics.refused == 3)
        #expect(server.requests.count == 1)
    }

    @Test("while what was sent can't be deleted, a flush fails, and that is logged once")
    func undeleted() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer()
            defer { server.stop() }
            let adapter = try await Self.adapter(folder)
            try await adapter.withTransaction { db in
                try db.executeScript(
                    """
                    CREATE TRIGGER undeletable BEFORE DELETE ON queuert_telemetry_outbox BEGIN
                        SELECT RAISE(ABORT, 'no');
                    END
                    """)
            }
            let queue = KeepingQueue(adapter, url: server.url)
            _ = try await queue.client.startJobChain(Errand.self, input: 1)
            for _ in 1...2 { #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure) }
            #expect(queue.log.levels == [.warning])
            _ = await queue.telemetry.shutdown(timeout: .seconds(600))
        }
    }

    @Test("no more is put together than a request may have", arguments: [(30, 3), (39, 3), (9, 1), (Int.max, 100)])
    func requestSize(bytes: Int, messages: Int) async throws {
        let adapter = MemoryStateAdapter()
        try await adapter.withTransaction { db in
            let message = TelemetryMessage(
                signal: "traces", encoding: "protobuf", bytes: Array(repeating: 1, count: 10), itemCount: 1)
            try adapter.operations(on: db).keepTelemetry(Array(repeating: message, count: 100))
        }
        let kept = await onOwnThread {
            let table = DatabaseOutboxTable(adapter: adapter, configuration: TelemetryOutbox.Configuration())
            return try? table.oldest(.traces, within: RequestLimit(maximumRequestBytes: bytes))
        }
        #expect(kept?.ids.count == messages && kept?.request.message.count == messages * 10)
    }

    @Test("how much is read for a request depends on how large the first ones are")
    func readSize() {
        let limit = RequestLimit(maximumRequestBytes: .max)
        #expect(limit.firstRead == 32)
        let counts = [0, 32 << 10, 32 << 14, 32 << 16].map { limit.worthReading(firstBytes: $0) }
        #expect(counts == [256, 256, 64, 16])
    }

    @Test("in JSON each transaction's message is a request")
    func json() async throws {
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        let queue = KeepingQueue(
            MemoryStateAdapter(), url: server.url, environment: ["OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"])
        for number in 0..<3 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        try server.comeUp()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .success)
        #expect(server.requests.count == 3)
        for request in server.requests {
            #expect(request.headers["content-type"] == "application/json")
            _ = try JSONSerialization.jsonObject(with: Data(request.body))
        }
    }

    @Test("a trace exists if and only if its commit does, over kill -9 and while the receiver is down")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, url = server.url as String] in
                let queue = KeepingQueue(try await Self.adapter(folder), url: url, pace: OutboxFixture.fast)
                try await queue.runChain()
                // Its lease keeps the next process from sending what that has not looked at.
                while !queue.outbox.isSending { await Task.yield() }
                try await queue.client.withTransaction { db in
                    _ = try await queue.client.startJobChain(Errand.self, input: 2, on: db)
                    kill(getpid(), SIGKILL)
                }
            }
            try server.comeUp()
            let queue = KeepingQueue(try await Self.adapter(folder), url: server.url, pace: OutboxFixture.fast)
            #expect(try names(await queue.kept().map(\.bytes)) == Self.chainSpans)
            #expect(try await queue.client.jobCounts().isEmpty)
            // The lease of the process that was killed has run out.
            try await queue.adapter.withTransaction { db in
                _ = try db.execute("DELETE FROM queuert_telemetry_leader")
            }
            await server.waitForRequests(1)
            #expect(await queue.telemetry.shutdown(timeout: .seconds(600)) == .success)
            #expect(try names(server.requests.map(\.body)) == Self.chainSpans)
        }
    }

    private static func adapter(_ folder: String) async throws -> SQLiteStateAdapter {
        let adapter = SQLiteStateAdapter(pool: try await SQLitePool(path: "\(folder)/queue.sqlite"))
        try await adapter.migrate()
        return adapter
    }

    @Test("of two processes on a database one sends for both, and the other goes on when it ends")
    func oneSends() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let adapter = MemoryStateAdapter()
        let first = KeepingQueue(adapter, url: server.url, pace: OutboxFixture.fast)
        #expect(await first.outbox.flush(timeout: .seconds(600)) == .success)
        #expect(first.outbox.isSending)
        let second = KeepingQueue(adapter, url: server.url, pace: OutboxFixture.fast)
        _ = try await second.client.startJobChain(Errand.self, input: 1)
        await server.waitForRequests(1)
        #expect(!second.outbox.isSending)
        #expect(await first.outbox.shutdown(timeout: .seconds(600)) == .success)
        #expect(!first.outbox.isSending)
        _ = try await second.client.startJobChain(Errand.self, input: 2)
        await server.waitForRequests(2)
        #expect(await second.outbox.shutdown(timeout: .seconds(600)) == .success)
        #expect(first.outbox.statistics.sent == 1 && second.outbox.statistics.sent == 1)
        #expect(first.outbox.statistics.kept == 0 && second.outbox.statistics.kept == 2)
    }

    @Test("what is too much or too old while the receiver is down is dropped, counted and logged once")
    func bounds() async throws {
        let server = try ScriptedServer(isDown: true)
        defer { server.stop() }
        let clock = ManualClock()
        let queue = KeepingQueue(
            MemoryStateAdapter(clock: clock), url: server.url,
            configuration: .init(maximumBytes: 10_000, maximumAge: .seconds(60)),
            environment: ["OTEL_EXPORTER_OTLP_TIMEOUT": "1000"])
        for number in 0..<50 { _ = try await queue.client.startJobChain(Errand.self, input: number) }
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        let left = try #require(queue.outbox.keptItems)
        #expect(left > 0 && left < 50 && queue.outbox.statistics.droppedForRoom == 50 - left)
        #expect(try #require(queue.outbox.keptBytes) <= 10_000)
        clock.advance(by: .seconds(61))
        _ = try await queue.client.startJobChain(Errand.self, input: 50)
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        #expect(queue.outbox.keptItems == 1 && queue.outbox.statistics.droppedTooOld == left)
        #expect(queue.log.entries.filter { $0.message.contains("full") }.count == 1)
        #expect(queue.log.entries.filter { $0.message.contains("too old") }.count == 1)
    }

    @Test("while the database fails the outbox, batches are sent without it, counted and logged once")
    func databaseFails() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        let queue = KeepingQueue(adapter, url: server.url)
        adapter.faults.fail(.keepTelemetry, times: 2)
        for name in ["one", "two", "three"] {
            queue.telemetry.tracer.withSpan(name, context: .topLevel) { _ in }
            #expect(await queue.telemetry.flush(timeout: .seconds(600)) == .success)
        }
        #expect(try names(server.requests.map(\.body)) == ["one", "three", "two"])
        #expect(queue.outbox.statistics.notKept == 2 && queue.outbox.statistics.kept == 1)
        #expect(queue.log.levels == [.warning, .notice])
    }

    @Test("while the database can't be reached nobody knows whether all is sent, and a flush says so")
    func databaseUnreachable() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        adapter.faults.fail(.begin, times: .max)
        let queue = KeepingQueue(adapter, url: server.url)
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .failure)
        #expect(!queue.outbox.isSending)
        adapter.faults.clear()
        #expect(await queue.outbox.flush(timeout: .seconds(600)) == .success)
        #expect(queue.outbox.isSending)
        #expect(queue.log.levels == [.warning, .notice])
    }

    @Test("a transaction whose spans can't be kept is rolled back, as one whose job can't be written is")
    func transactionFails() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let adapter = FaultyStateAdapter(MemoryStateAdapter())
        let queue = KeepingQueue(adapter, url: server.url)
        adapter.faults.fail(.keepTelemetry, times: 1)
        await #expect(throws: InjectedFault.self) {
            _ = try await queue.client.startJobChain(Errand.self, input: 1)
        }
        #expect(try await queue.client.jobCounts().isEmpty)
        try await queue.runChain()
        #expect(await queue.telemetry.shutdown(timeout: .seconds(600)) == .success)
        // The first is told of with its error.
        #expect(try names(server.requests.map(\.body)) == Self.chainSpans + ["start errand"])
    }

    @Test("metrics and events are told after the commit, once, and not of what is rolled back")
    func metrics() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let queue = KeepingQueue(
            MemoryStateAdapter(), url: server.url,
            environment: [
                "OTEL_METRICS_EXPORTER": "otlp", "OTEL_METRIC_EXPORT_INTERVAL": "3600000",
                "QUEUERT_OTEL_SELF_METRICS": "true",
            ])
        try await queue.runChain()
        try? await queue.client.withTransaction { db in
            _ = try await queue.client.startJobChain(Errand.self, input: 1, on: db)
            throw CancellationError()
        }
        let metrics = await queue.telemetry.meters.collect()
        func sum(_ name: String) throws -> Int64 {
            let metric = try #require(metrics.first { $0.descriptor.name == name }, "\(name)")
            guard case .sum(let points, _, _) = metric.content else { return -1 }
            return points.reduce(0) { sum, point in
                if case .int(let number) = point.value { sum + number } else { sum }
            }
        }
        #expect(try sum("messaging.client.sent.messages") == 1)
        #expect(try sum("messaging.client.consumed.messages") == 1)
        #expect(try sum("queuert.otel.outbox.kept") == 4)
        _ = await queue.telemetry.shutdown(timeout: .seconds(600))
    }
}
