import Foundation
import HTTPTestSupport
import Logging
import QueuertSQLite
import SQLiteTestSupport
import Testing
import Tracing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

/// What somebody may answer who lets nobody in, or is no receiver.
private let answersOfAnyRequest: [ScriptedServer.Answer] = [
    .respond(302), .respond(401), .respond(403), .respond(404),
    .respond(headers: ["Content-Type": "text/html"], body: Array("<html></html>".utf8)),
    .raw(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)),
]

@Suite("Telemetry outbox") struct TelemetryOutboxTests {
    private let accepted = ExportResult.accepted(rejected: 0)

    @Test("an outbox without room stops the program")
    func withoutRoom() async {
        await #expect(processExitsWith: .failure) { _ = TelemetryOutbox.Configuration(maximumBytes: 0) }
    }

    @Test("room that is set to less than a byte is one", arguments: [0, -1])
    func leastRoom(bytes: Int) {
        var configuration = TelemetryOutbox.Configuration()
        configuration.maximumBytes = bytes
        #expect(configuration.maximumBytes == 1)
    }

    @Test("nothing is lost while a receiver is down, and what was kept arrives in order when it is up")
    func outage() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.export(1...3) == [accepted, accepted, accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            #expect(fixture.outbox.keptItems == 3)
            #expect(fixture.outbox.waiting?.items == 3)
            #expect(server.connectionCount == 0)
            try server.comeUp()
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.map(\.body) == (1...3).map { OutboxFixture.body($0) })
            #expect(fixture.outbox.keptItems == 0)
            #expect(fixture.outbox.keptBytes == 0)
            #expect(fixture.outbox.waiting?.items == 0)
            #expect(fixture.outbox.statistics.kept == 3)
            #expect(fixture.outbox.statistics.sent == 3)
            #expect(fixture.log.levels == [.warning, .notice])
        }
    }

    @Test("an outbox tries again by itself")
    func triesAgain() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url, pace: OutboxFixture.fast)
            #expect(await fixture.export(1...1) == [accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            try server.comeUp()
            await server.waitForRequests(1)
            #expect(server.requests.map(\.body) == [OutboxFixture.body(1)])
        }
    }

    @Test("what an outbox could not send before its end is sent by the next one")
    func nextProcess() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(then: .hang)
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.export(1...2) == [accepted, accepted])
            await server.waitForRequests(1)
            #expect(await fixture.outbox.shutdown(timeout: .milliseconds(10)) == .timeout)
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .timeout)
            server.stop()
            #expect(fixture.log.entries.isEmpty)

            let after = try ScriptedServer()
            defer { after.stop() }
            // The first one's thread may take a moment to end.
            let next = try OutboxFixture(folder, url: after.url, pace: OutboxFixture.fast)
            await after.waitForRequests(2)
            #expect(await next.outbox.shutdown(timeout: .seconds(600)) == .success)
            #expect(after.requests.map(\.body) == (1...2).map { OutboxFixture.body($0) })
            #expect(next.outbox.statistics.kept == 0)
            #expect(next.outbox.statistics.sent == 2)
        }
    }

    @Test("of two outboxes on a file one sends for both, and the other goes on when it ends")
    func oneSends() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer()
            defer { server.stop() }
            let first = try OutboxFixture(folder, url: server.url, pace: OutboxFixture.fast)
            let second = try OutboxFixture(folder, url: server.url, pace: OutboxFixture.fast)
            #expect(first.outbox.isSending)
            #expect(await second.export(1...2) == [accepted, accepted])
            #expect(await second.outbox.flush(timeout: .seconds(600)) == .success)
            await server.waitForRequests(2)
            #expect(second.outbox.statistics.sent == 0)
            #expect(await first.outbox.shutdown(timeout: .seconds(600)) == .success)
            #expect(!first.outbox.isSending)
            #expect(first.outbox.statistics.sent == 2)
            #expect(await second.export(3...3) == [accepted])
            await server.waitForRequests(3)
            #expect(await second.outbox.shutdown(timeout: .seconds(600)) == .success)
            #expect(second.outbox.statistics.sent == 1)
            #expect(server.requests.map(\.body) == (1...3).map { OutboxFixture.body($0) })
        }
    }

    @Test("beyond the limit of bytes the oldest make room, counted and logged once")
    func bytes() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let size = OutboxFixture.body(1).count
            let fixture = try OutboxFixture(
                folder, url: server.url, configuration: .init(maximumBytes: 3 * size, survivesPowerLoss: false))
            #expect(await fixture.export(1...5) == Array(repeating: accepted, count: 5))
            #expect(fixture.outbox.keptItems == 3)
            #expect(fixture.outbox.keptBytes == 3 * size)
            #expect(fixture.outbox.statistics.droppedForRoom == 2)
            #expect(fixture.log.entries.filter { $0.message.contains("full") }.count == 1)
            // What the outbox has tried by itself, maybe with the first, is over then.
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            try server.comeUp()
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.map(\.body) == (3...5).map { OutboxFixture.body($0) })
        }
    }

    @Test("a request that is over the limit alone drops no other, and is sent without the outbox")
    func oversized() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer()
            defer { server.stop() }
            let size = OutboxFixture.body(1).count
            let fixture = try OutboxFixture(
                folder, url: server.url, configuration: .init(maximumBytes: size, survivesPowerLoss: false))
            #expect(await fixture.export(.small(2, name: "longer")) == accepted)
            #expect(server.requests.count == 1)
            #expect(fixture.outbox.statistics.notKept == 1)
            #expect(fixture.outbox.statistics.kept == 0)
        }
    }

    @Test("what becomes too old while no receiver takes it is dropped, counted and logged once")
    func age() async throws {
        try await withTemporaryFolder { folder in
            let clock = OutboxFixture.Clock()
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(
                folder, url: server.url,
                configuration: .init(maximumAge: .seconds(3600), survivesPowerLoss: false), clock: clock)
            #expect(await fixture.export(1...2) == [accepted, accepted])
            clock.advance(3000)
            #expect(await fixture.export(3...3) == [accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            #expect(fixture.outbox.keptItems == 3)
            clock.advance(601)
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            #expect(fixture.outbox.keptItems == 1)
            #expect(fixture.outbox.statistics.droppedTooOld == 2)
            #expect(fixture.log.entries.filter { $0.message.contains("too old") }.count == 1)
        }
    }

    @Test("a wall clock that steps costs nothing while the receiver takes what comes", arguments: [-1, 1])
    func clockStep(direction: Int64) async throws {
        try await withTemporaryFolder { folder in
            let clock = OutboxFixture.Clock()
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url, clock: clock)
            #expect(await fixture.export(1...2) == [accepted, accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            clock.advance(direction * 365 * 86_400)
            try server.comeUp()
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.count == 2)
            #expect(fixture.outbox.statistics.droppedTooOld == 0)
        }
    }

    @Test("what a receiver refuses is a failure, counted and logged once, and holds up nothing")
    func refused() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(
                [
                    .respond(400), .respond(400),
                    .respond(headers: protobuf, body: partialSuccess(rejected: 1, message: "no")),
                ], isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.export(1...4) == Array(repeating: accepted, count: 4))
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            try server.comeUp()
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            let statistics = fixture.outbox.statistics
            #expect((statistics.refused, statistics.rejected, statistics.sent) == (2, 1, 1))
            #expect(server.requests.count == 4)
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(fixture.log.entries.filter { $0.message.contains("refused") }.count == 1)
        }
    }

    @Test(
        "an answer that any request would get costs one request a try, logged once, and the others are kept",
        arguments: answersOfAnyRequest.indices)
    func turnedAway(index: Int) async throws {
        try await withTemporaryFolder { folder in
            let answer = answersOfAnyRequest[index]
            let server = try ScriptedServer([answer, answer], isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.export(1...4) == Array(repeating: accepted, count: 4))
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            try server.comeUp()
            for lost in 1...2 {
                #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
                #expect(fixture.outbox.statistics.refused == lost)
                #expect(fixture.outbox.keptItems == 4 - lost)
            }
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            // None of them twice.
            #expect(server.requests.map(\.body) == (1...4).map { OutboxFixture.body($0) })
            #expect(fixture.outbox.statistics.sent == 2)
            #expect(fixture.log.entries.filter { $0.message.contains("turned away") }.count == 1)
            #expect(fixture.log.levels == [.warning, .warning, .notice])
        }
    }

    @Test("what waits for a receiver that turns all away becomes too old, too")
    func turnedAwayForTooLong() async throws {
        try await withTemporaryFolder { folder in
            let clock = OutboxFixture.Clock()
            let server = try ScriptedServer(then: .respond(401), isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(
                folder, url: server.url,
                configuration: .init(maximumAge: .seconds(3600), survivesPowerLoss: false), clock: clock)
            #expect(await fixture.export(1...3) == [accepted, accepted, accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            clock.advance(3601)
            try server.comeUp()
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            #expect(fixture.outbox.statistics.refused == 1 && fixture.outbox.statistics.droppedTooOld == 2)
            #expect(fixture.outbox.keptItems == 0)
        }
    }

    @Test("a file that is damaged is set aside, and a new one takes its place")
    func damaged() async throws {
        try await withTemporaryFolder { folder in
            let garbage = Data(repeating: 7, count: 5000)
            try garbage.write(to: URL(filePath: "\(folder)/outbox.sqlite"))
            let server = try ScriptedServer()
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.export(1...1) == [accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.count == 1)
            #expect(try Data(contentsOf: URL(filePath: "\(folder)/outbox.sqlite.damaged-1")) == garbage)
            #expect(fixture.log.levels == [.error])
            #expect(fixture.log.entries.first?.metadata["queuert.file"] == "outbox.sqlite.damaged-1")
        }
    }

    @Test("a file that is deleted while it is used is made anew")
    func deleted() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.export(1...1) == [accepted])
            // What the outbox tries by itself is over then.
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .failure)
            for ending in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: "\(folder)/outbox.sqlite\(ending)")
            }
            #expect(await fixture.export(2...2) == [accepted])
            #expect(fixture.outbox.keptItems == 1)
            try server.comeUp()
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.map(\.body) == [OutboxFixture.body(2)])
        }
    }

    @Test("a path where no file can be is an error with a hint")
    func noFolder() async throws {
        try await withTemporaryFolder { folder in
            let error = #expect(throws: (any Error).self) {
                try TelemetryOutbox(path: "\(folder)/nowhere/outbox.sqlite")
            }
            #expect("\(error ?? CancellationError())".contains("folder"))
        }
    }

    @Test("only its owner can read the file")
    func permissions() async throws {
        try await withTemporaryFolder { folder in
            let fixture = try OutboxFixture(folder, url: "http://127.0.0.1:1")
            #expect(await fixture.export(1...1) == [accepted])
            for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600, "\(name)")
            }
        }
    }

    @Test("only its owner can read the file, though the path is a link to one that isn't there yet")
    func linkPermissions() async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createSymbolicLink(
                atPath: "\(folder)/outbox.sqlite", withDestinationPath: "\(folder)/elsewhere.sqlite")
            let fixture = try OutboxFixture(folder, url: "http://127.0.0.1:1")
            #expect(await fixture.export(1...1) == [accepted])
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/elsewhere.sqlite")
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
        }
    }

    @Test("while what was sent can't be deleted from the file, that is logged once")
    func undeleted() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer()
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url)
            let pool = try await SQLitePool(path: "\(folder)/outbox.sqlite")
            try await pool.write { db in
                try db.executeScript(
                    """
                    CREATE TRIGGER undeletable BEFORE DELETE ON queuert_outbox_request BEGIN
                        SELECT RAISE(ABORT, 'no');
                    END
                    """)
            }
            for number: UInt64 in 1...2 {
                #expect(await fixture.export(number...number) == [accepted])
                _ = await fixture.outbox.flush(timeout: .seconds(600))
            }
            #expect(server.requests.map(\.body) == (1...2).map { OutboxFixture.body($0) })
            #expect(fixture.log.levels == [.warning])
            await pool.close()
        }
    }

    @Test("a request in JSON is sent as JSON")
    func json() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(then: .respond(headers: ["Content-Type": "application/json"]))
            defer { server.stop() }
            let fixture = try OutboxFixture(folder, url: server.url, encoding: .json)
            #expect(await fixture.export(1...1) == [accepted])
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.first?.headers["content-type"] == "application/json")
            #expect(server.requests.first?.body.first == UInt8(ascii: "{"))
        }
    }

    @Test("telemetry of all signals goes through an outbox, and a flush of telemetry empties it")
    func telemetry() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            let log = RecordingLog()
            let outbox = try TelemetryOutbox(path: "\(folder)/outbox.sqlite", logger: log.logger())
            let telemetry = Telemetry(
                EnvironmentConfiguration(environment: [
                    "OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "OTEL_EXPORTER_OTLP_TIMEOUT": "3600000",
                    "OTEL_METRIC_EXPORT_INTERVAL": "86400000", "OTEL_METRIC_EXPORT_TIMEOUT": "3600000",
                ]), outbox: outbox, logger: log.logger())
            telemetry.tracer.startSpan("sell", ofKind: .internal).end()
            telemetry.meters.counter("mails").add(1)
            Logger(label: "shop") { telemetry.logHandler(label: $0) }.error("sold out")
            #expect(await telemetry.flush(timeout: .seconds(600)) == .failure)
            #expect(telemetry.statistics?.exported == 1)
            #expect(outbox.keptItems == 3)
            try server.comeUp()
            #expect(await telemetry.shutdown(timeout: .seconds(600)) == .success)
            #expect(outbox.statistics.sent == outbox.statistics.kept)
            #expect(
                Set(server.requests.map(\.line)) == [
                    "POST /v1/logs HTTP/1.1", "POST /v1/metrics HTTP/1.1", "POST /v1/traces HTTP/1.1",
                ])
        }
    }
}
