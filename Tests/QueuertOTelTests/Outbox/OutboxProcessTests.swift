import Foundation
import Glibc
import HTTPTestSupport
import Logging
import SQLiteTestSupport
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

/// Outboxes in processes of their own, which end as processes do.
@Suite("Telemetry outbox, processes") struct OutboxProcessTests {
    @Test("what was exported before kill -9 is sent by the next process")
    func killed() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer(isDown: true)
            defer { server.stop() }
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, url = server.url as String] in
                let fixture = try OutboxFixture(folder, url: url)
                let results = await fixture.export(1...3)
                #expect(results == Array(repeating: .accepted(rejected: 0), count: 3))
                kill(getpid(), SIGKILL)
            }
            try server.comeUp()
            let fixture = try OutboxFixture(folder, url: server.url)
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(server.requests.map(\.body) == (1...3).map { OutboxFixture.body($0) })
            #expect(fixture.outbox.keptItems == 0)
        }
    }

    @Test("when the process that sends is killed while it does, another sends it again and goes on")
    func takeover() async throws {
        try await withTemporaryFolder { folder in
            // The first request is the child's, which gets no answer.
            let server = try ScriptedServer([.hang])
            defer { server.stop() }
            async let child: Void = Self.sendUntilKilled(folder, server.url)
            await server.waitForRequests(1)
            let fixture = try OutboxFixture(folder, url: server.url, pace: OutboxFixture.fast)
            #expect(await fixture.export(.small(2)) == .accepted(rejected: 0))
            #expect(await fixture.outbox.flush(timeout: .seconds(600)) == .success)
            #expect(!fixture.outbox.isSending)
            #expect(server.requests.count == 1)
            let pid = try #require(Int32(try String(contentsOfFile: "\(folder)/pid", encoding: .utf8)))
            kill(pid, SIGKILL)
            try await child
            await server.waitForRequests(3)
            #expect(server.requests.map(\.body) == [1, 1, 2].map { OutboxFixture.body($0) })
            #expect(await fixture.outbox.shutdown(timeout: .seconds(600)) == .success)
            #expect(fixture.outbox.statistics.sent == 2)
        }
    }

    // It holds up one of the threads on which this process's tasks run until the other one ends: if a second test waited for a
    // process that needs this one, nothing would go on with two processors.
    private static func sendUntilKilled(_ folder: String, _ url: String) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [folder = folder as String, url = url as String] in
            try "\(getpid())".write(toFile: "\(folder)/pid", atomically: true, encoding: .utf8)
            let fixture = try OutboxFixture(folder, url: url)
            let result = await fixture.export(.small(1))
            #expect(result == .accepted(rejected: 0))
            // The hanging request holds it up until the process is killed.
            _ = await fixture.outbox.flush(timeout: .seconds(3600))
        }
    }

    @Test("two outboxes of a process keep their hold on the file when another process is done with it")
    func twoInAProcess() async throws {
        try await withTemporaryFolder { folder in
            let first = try OutboxFixture(folder, url: "http://127.0.0.1:1")
            let second = try OutboxFixture(folder, url: "http://127.0.0.1:1")
            #expect(await first.export(.small(1)) == .accepted(rejected: 0))
            let log = try #require(FileIdentity(path: "\(folder)/outbox.sqlite-wal"))
            await #expect(processExitsWith: .success) { [folder = folder as String] in
                // Who closes a file that nobody else has takes its log away.
                _ = try OutboxFile(
                    path: "\(folder)/outbox.sqlite", configuration: TelemetryOutbox.Configuration(), clock: { 0 })
            }
            #expect(FileIdentity(path: "\(folder)/outbox.sqlite-wal") == log)
            #expect(first.outbox.keptItems == 1 && second.outbox.keptItems == 1)
        }
    }

    @Test("while the disk is full, batches are sent without the outbox, counted and logged once")
    func diskFull() async throws {
        try await withTemporaryFolder { folder in
            let server = try ScriptedServer()
            defer { server.stop() }
            await #expect(processExitsWith: .success) {
                [folder = folder as String, url = server.url as String] in
                signal(SIGXFSZ, SIG_IGN)
                let fixture = try OutboxFixture(folder, url: url)
                // What is larger than the limit can't be written, as on a disk that is full.
                var limit = rlimit(rlim_cur: 128 * 1024, rlim_max: 128 * 1024)
                #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
                let large = String(repeating: "x", count: 1 << 20)
                let first = await fixture.export(.small(1, name: large))
                let second = await fixture.export(.small(2, name: large))
                let third = await fixture.export(.small(3))
                let flush = await fixture.outbox.flush(timeout: .seconds(600))
                #expect([first, second, third] == Array(repeating: .accepted(rejected: 0), count: 3))
                #expect(flush == .success)
                #expect(fixture.outbox.statistics.notKept == 2)
                #expect(fixture.outbox.statistics.kept == 1)
                #expect(fixture.outbox.statistics.sent == 1)
                #expect(fixture.log.levels == [.warning, .notice])
            }
            #expect(server.requests.count == 3)
        }
    }
}
