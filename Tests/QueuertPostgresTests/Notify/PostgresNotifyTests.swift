import Foundation
import Logging
import Queuert
import QueuertConformance
import QueuertPostgres
import Synchronization
import Testing

/// One adapter that sends and one that listens, as in two processes: what arrives has gone through the server.
struct Apart: NotifyAdapter {
    let sender: PostgresNotify
    let listener: PostgresNotify
    /// What the server calls the listener's connection.
    let name: String

    func send(_ hint: WakeHint) { sender.send(hint) }

    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await self.listener.withListener(listener, body)
    }
}

struct PostgresNotifyUnderTest: NotifyAdapterUnderTest {
    func withAdapter(_ body: @Sendable (Apart) async throws -> Void) async throws {
        try await withNotify { channel, address in
            let adapter = Apart(
                sender: PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger),
                listener: PostgresNotify(
                    "\(address) application_name=\(channel)", channel: channel, logger: TestDatabase.quietLogger),
                name: channel)
            let result = await Result { try await body(adapter) }
            await adapter.sender.close()
            await adapter.listener.close()
            try result.get()
        }
    }

    func interrupt(_ adapter: Apart) async throws -> Bool {
        try await TestDatabase.withFurtherPool { pool in
            try await pool.write { db in
                try !db.query(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", [adapter.name]
                ).isEmpty
            }
        }
    }
}

/// One adapter, whose listeners are told at once.
struct TogetherUnderTest: NotifyAdapterUnderTest {
    func withAdapter(_ body: @Sendable (PostgresNotify) async throws -> Void) async throws {
        try await withNotify { channel, address in
            let adapter = PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
            let result = await Result { try await body(adapter) }
            await adapter.close()
            try result.get()
        }
    }
}

private func withNotify(_ body: @Sendable (String, String) async throws -> Void) async throws {
    let channel = "test_\(UUID().uuidString.replacingOccurrences(of: "-", with: ""))"
    try await body(channel, try TestDatabase.address())
}

@Suite("The PostgreSQL notify adapter", .timeLimit(.minutes(20))) struct PostgresNotifyTests {
    @Test(
        "conforms between two processes", .serialized, arguments: NotifyConformance(of: PostgresNotifyUnderTest()).cases
    )
    func apart(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("what was sent before the adapter was closed is sent, even if it had not connected so far")
    func sentBeforeTheEnd() async throws {
        try await withNotify { channel, address in
            let listener = PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
            let (hints, continuation) = AsyncStream.makeStream(of: WakeHint.self)
            try await listener.withListener({ continuation.yield($0) }) {
                for _ in 0..<5 {
                    let sender = PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
                    sender.send(WakeHint(dueTypes: ["a"]))
                    await sender.close()
                    let hint = try #require(await hints.first { !$0.isGap })
                    #expect(hint.dueTypes == ["a"])
                }
            }
            await listener.close()
        }
    }

    @Test("conforms within a process", .serialized, arguments: NotifyConformance(of: TogetherUnderTest()).cases)
    func together(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("names of any kind come through, of any length that PostgreSQL allows")
    func oddNames() async throws {
        try await PostgresNotifyUnderTest().withAdapter { adapter in
            let texts = [
                "a\nb", "a\\nb", "\\", "\0", "", "1\nd", "a\r", "\u{301}x", String(repeating: "é", count: 3_000),
                "a\u{1a}", "\u{1a}0", String(repeating: "x", count: 7_500) + String(repeating: "\u{1a}", count: 190),
            ]
            let (hints, continuation) = AsyncStream.makeStream(of: WakeHint.self)
            await adapter.withListener({ _ = continuation.yield($0) }) {
                adapter.send(WakeHint(dueTypes: Set(texts)))
                var seen: Set<String> = []
                for await hint in hints {
                    seen.formUnion(hint.dueTypes)
                    if seen.count == texts.count { break }
                }
                #expect(seen == Set(texts))
            }
        }
    }

    @Test("a connection that goes dead without a word is made anew, and listeners are told of the gap")
    func silence() async throws {
        try await withNotify { channel, address in
            try await withTemporaryFolder { folder in
                let proxy = try FaultyProxy(to: address, folder: folder)
                let listener = PostgresNotify(
                    proxy.address, channel: channel, silence: .seconds(2), logger: TestDatabase.quietLogger)
                let sender = PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
                let (hints, continuation) = AsyncStream.makeStream(of: WakeHint.self)
                await listener.withListener({ _ = continuation.yield($0) }) {
                    proxy.set(.silence)
                    // Until the listener has asked whether the server is still there.
                    while proxy.withheld < 1 { await Task.yield() }
                    proxy.set(.none)
                    for await hint in hints {
                        if hint.dueTypes.contains("after") { break }
                        // On a busy machine a connection may be taken for dead again, and with it what was sent meanwhile.
                        if hint.isGap { sender.send(WakeHint(dueTypes: ["after"])) }
                    }
                }
                await sender.close()
                await listener.close()
                proxy.stop()
            }
        }
    }

    @Test("what was sent before a connection that is lost while it begins to listen is sent by the next one")
    func lostWhileBeginningToListen() async throws {
        try await withNotify { channel, address in
            try await withTemporaryFolder { folder in
                let proxy = try FaultyProxy(to: address, folder: folder)
                let listener = PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
                let sender = PostgresNotify(proxy.address, channel: channel, logger: TestDatabase.quietLogger)
                let (hints, continuation) = AsyncStream.makeStream(of: WakeHint.self)
                // The sender is to listen, too, and has not connected so far.
                proxy.set(.refusal)
                await listener.withListener({ _ = continuation.yield($0) }) {
                    await sender.withListener({ _ in }) {
                        sender.send(WakeHint(dueTypes: ["before"]))
                        proxy.set(.lose("LISTEN"))
                        while sender.listenerCount < 2 { await Task.yield() }
                        sender.send(WakeHint(dueTypes: ["after"]))
                        var seen: Set<String> = []
                        for await hint in hints {
                            seen.formUnion(hint.dueTypes)
                            if seen.contains("after") { break }
                        }
                        #expect(seen == ["before", "after"])
                        #expect(proxy.losses == 1)
                    }
                }
                await sender.close()
                await listener.close()
                proxy.stop()
            }
        }
    }

    @Test("where connections can be made and are lost before anything is answered, the pauses between them grow")
    func growingPauses() async throws {
        try await withNotify { channel, address in
            try await withTemporaryFolder { folder in
                let proxy = try FaultyProxy(to: address, folder: folder)
                let losses = NotedTimes()
                let listener = PostgresNotify(
                    proxy.address, channel: channel, logger: Logger(label: "test") { _ in losses })
                let loss = FaultyProxy.Fault.lose("LISTEN")
                proxy.set(loss, then: loss, loss, loss, loss, loss)
                await listener.withListener({ _ in }) {
                    while listener.listenerCount < 1 { await Task.yield() }
                }
                await listener.close()
                proxy.stop()
                #expect(proxy.losses == 6)
                let times = losses.all
                try #require(times.count == 6)
                // At least a half of 100, 200, 400, 800 and 1,600 ms; a busy machine takes longer.
                #expect(times[5] - times[0] >= .milliseconds(1_550))
            }
        }
    }

    @Test("who listens is told that hints were lost when more waited for the server than is kept")
    func tooMuchToKeep() async throws {
        try await withNotify { channel, address in
            try await withTemporaryFolder { folder in
                let proxy = try FaultyProxy(to: address, folder: folder)
                let listener = PostgresNotify(address, channel: channel, logger: TestDatabase.quietLogger)
                let sender = PostgresNotify(proxy.address, channel: channel, logger: TestDatabase.quietLogger)
                let (hints, continuation) = AsyncStream.makeStream(of: WakeHint.self)
                proxy.set(.refusal)
                await listener.withListener({ _ = continuation.yield($0) }) {
                    let chains = Set((0...10_000).map { JobID(rawValue: "chain-\($0)") })
                    sender.send(WakeHint(completedChains: chains))
                    sender.send(WakeHint(dueTypes: ["after"]))
                    proxy.set(.none)
                    let hint = await hints.first { $0.dueTypes.contains("after") }
                    #expect(hint == WakeHint(dueTypes: ["after"], isGap: true))
                }
                await sender.close()
                await listener.close()
                proxy.stop()
            }
        }
    }

    @Test("without a server nothing is told, and nobody waits for it")
    func noServer() async throws {
        let notify = PostgresNotify("host=/nowhere connect_timeout=2", logger: TestDatabase.quietLogger)
        let value = await notify.withListener({ _ in }) {
            notify.send(WakeHint(dueTypes: ["a"]))
            return 7
        }
        #expect(value == 7)
        await notify.close()
    }
}

/// Notes when connections for notifications were lost.
private struct NotedTimes: LogHandler {
    private final class Times: Sendable { let all = Mutex<[ContinuousClock.Instant]>([]) }
    private let times = Times()
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    var all: [ContinuousClock.Instant] { times.all.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard "\(event.message)".hasPrefix("The connection for notifications was lost") else { return }
        times.all.withLock { $0.append(.now) }
    }
}
