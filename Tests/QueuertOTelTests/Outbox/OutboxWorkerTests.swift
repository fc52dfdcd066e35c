import HTTPTestSupport
import Queuert
import Synchronization
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("Outbox worker", .timeLimit(.minutes(20))) struct OutboxWorkerTests {
    private struct Failure: Error {}

    private static func kept(_ signal: OTLPSignal) -> KeptRequest {
        KeptRequest(
            ids: [1],
            request: OTLPRequest(signal: signal, encoding: .protobuf, message: OutboxFixture.body(1), itemCount: 1))
    }

    /// A table that can be read, and from which nothing can be deleted, as in a database that became read-only.
    private struct ReadOnlyTable: OutboxTable, Sendable {
        func keep(_ request: OTLPRequest) throws -> Int { throw Failure() }
        func oldest(_ signal: OTLPSignal, within limit: RequestLimit) throws -> KeptRequest? { kept(signal) }
        func settle(_ kept: KeptRequest) throws { throw Failure() }
        func dropTooOld(_ signal: OTLPSignal) throws -> Int { throw Failure() }
        func dropForRoom() throws -> Int { throw Failure() }
        func total() throws -> OutboxTotal { OutboxTotal(items: 1, bytes: 1) }
    }

    /// A table that others fill faster than it is emptied, until there is no room any more.
    private final class FillingTable: OutboxTable, Sendable {
        private let isDropped = Atomic(false)

        func keep(_ request: OTLPRequest) -> Int { 0 }
        func oldest(_ signal: OTLPSignal, within limit: RequestLimit) -> KeptRequest? {
            isDropped.load(ordering: .sequentiallyConsistent) ? nil : kept(signal)
        }
        func settle(_ kept: KeptRequest) {}
        func dropTooOld(_ signal: OTLPSignal) -> Int { 0 }
        func dropForRoom() -> Int {
            isDropped.store(true, ordering: .sequentiallyConsistent)
            return 1
        }
        func total() -> OutboxTotal {
            OutboxTotal(items: 1, bytes: isDropped.load(ordering: .sequentiallyConsistent) ? 0 : .max)
        }
    }

    /// An empty table that counts the looks at how much is in it.
    private final class CountingTable: OutboxTable, Sendable {
        private let count = Atomic(0)
        var looks: Int { count.load(ordering: .sequentiallyConsistent) }

        func keep(_ request: OTLPRequest) -> Int { 0 }
        func oldest(_ signal: OTLPSignal, within limit: RequestLimit) -> KeptRequest? { nil }
        func settle(_ kept: KeptRequest) {}
        func dropTooOld(_ signal: OTLPSignal) -> Int { 0 }
        func dropForRoom() -> Int { 0 }
        func total() -> OutboxTotal {
            count.add(1, ordering: .sequentiallyConsistent)
            return OutboxTotal(items: 7, bytes: 70)
        }
    }

    /// A store that has a table of the test's.
    private struct TableStore: OutboxStore {
        let table: any OutboxTable & Sendable
        var isLeader = true
        var isInQueueDatabase = true
        let databaseIdentity: DatabaseIdentity? = nil

        func lead() -> (isLeader: Bool?, events: [OutboxEvent]) { (isLeader, []) }
        func stepDown() {}
        func use<R: Sendable>(
            _ work: OutboxWork, itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
        ) -> (result: R?, events: [OutboxEvent]) {
            (try? body(table), [])
        }
    }

    /// A worker that sends traces.
    private func worker(
        _ table: any OutboxTable & Sendable, to server: ScriptedServer, pace: OutboxSchedule.Pace,
        isLeader: Bool = true, isInQueueDatabase: Bool = true
    ) throws -> OutboxWorker {
        let log = RecordingLog()
        let worker = OutboxWorker(
            store: TableStore(table: table, isLeader: isLeader, isInQueueDatabase: isInQueueDatabase),
            configuration: TelemetryOutbox.Configuration(), pace: pace, logger: log.logger())
        worker.attach(
            OTLPRequestSender(
                signal: .traces,
                configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: server.url), timeout: .seconds(3600)),
                logger: log.logger()))
        return worker
    }

    /// Starts a worker, for which the flush is all there is to do.
    private func startAndFlush(_ worker: OutboxWorker) async -> FlushResult {
        await withCheckedContinuation { continuation in
            worker.flush(timeout: .seconds(600)) { continuation.resume(returning: $0) }
            worker.start()
        }
    }

    @Test("what was sent and can't be deleted is a failure, and not sent again without a wait", arguments: [200, 400])
    func notDeleted(status: Int) async throws {
        let server = try ScriptedServer(then: .respond(status))
        defer { server.stop() }
        let worker = try worker(ReadOnlyTable(), to: server, pace: OutboxFixture.still)
        defer { worker.shutDown(timeout: .zero) { _ in } }
        #expect(await startAndFlush(worker) == .failure)
        #expect(server.requests.count == 1)
    }

    @Test("room is made also while there is always more to send, and what is dropped for it is lost")
    func roomWhileSending() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let worker = try worker(FillingTable(), to: server, pace: OutboxFixture.fast)
        defer { worker.shutDown(timeout: .zero) { _ in } }
        #expect(await startAndFlush(worker) == .failure)
        #expect(worker.statistics.droppedForRoom == 1)
    }

    @Test(
        "how much a file keeps is looked at by the thread, also where another process sends, and told without a look",
        arguments: [true, false])
    func lastLook(isLeader: Bool) async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let table = CountingTable()
        let worker = try worker(
            table, to: server, pace: OutboxFixture.still, isLeader: isLeader, isInQueueDatabase: false)
        #expect(worker.lastLooked == nil)
        defer { worker.shutDown(timeout: .zero) { _ in } }
        #expect(await startAndFlush(worker) == .success)
        let looks = table.looks
        #expect(looks > 0)
        #expect(worker.lastLooked == OutboxTotal(items: 7, bytes: 70))
        #expect(table.looks == looks)
    }

    @Test("how much a table keeps is not looked at by a process that doesn't send")
    func noLook() async throws {
        let server = try ScriptedServer()
        defer { server.stop() }
        let table = CountingTable()
        let worker = try worker(table, to: server, pace: OutboxFixture.still, isLeader: false)
        defer { worker.shutDown(timeout: .zero) { _ in } }
        #expect(await startAndFlush(worker) == .success)
        #expect(table.looks == 0 && worker.lastLooked == nil)
    }

    @Test("an answer that any request would have got is told from one to the request")
    func answersOfAnyRequest() {
        let ofAny: [ExportFailureCause] = [
            .status(302), .status(401), .status(403), .status(404), .unreadableAnswer, "UNAUTHENTICATED",
            "PERMISSION_DENIED", "UNIMPLEMENTED",
        ]
        #expect(ofAny.allSatisfy { $0.meetsEveryRequest })
        let others: [ExportFailureCause] = [
            .status(400), .status(413), .status(500), "INVALID_ARGUMENT", .misconfigured, .tooLarge, .other,
        ]
        #expect(!others.contains { $0.meetsEveryRequest })
    }

    @Test("a smaller request is tried only where a receiver has refused one by a status")
    func causes() {
        let statuses: [ExportFailureCause] = [.status(400), .status(413), .status(500), "INVALID_ARGUMENT"]
        #expect(statuses.allSatisfy { $0.smallerRequestMayHelp })
        let others: [ExportFailureCause] = [.status(302), .unreadableAnswer, .misconfigured, .other]
        #expect(!others.contains { $0.smallerRequestMayHelp })
    }
}
