import HTTPTestSupport
import Queuert
import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("Outbox worker", .timeLimit(.minutes(5))) struct OutboxWorkerTests {
    /// A store that can be read, and from which nothing can be deleted, such as a database that became read-only.
    private struct ReadOnlyStore: OutboxStore {
        private struct Failure: Error {}

        private struct Table: OutboxTable {
            func keep(_ request: OTLPRequest) throws -> Int { throw Failure() }
            func oldest(_ signal: OTLPSignal, within limit: RequestLimit) throws -> KeptRequest? {
                KeptRequest(
                    ids: [1],
                    request: OTLPRequest(
                        signal: signal, encoding: .protobuf, message: OutboxFixture.body(1), itemCount: 1))
            }
            func settle(_ kept: KeptRequest) throws { throw Failure() }
            func dropTooOld(_ signal: OTLPSignal) throws -> Int { throw Failure() }
            func dropForRoom() throws -> Int { throw Failure() }
            func total() throws -> OutboxTotal { OutboxTotal(items: 1, bytes: 1) }
        }

        let isLeader = true
        let isInQueueDatabase = true
        let databaseIdentity: DatabaseIdentity? = nil

        func lead() -> (isLeader: Bool?, events: [OutboxEvent]) { (true, []) }
        func stepDown() {}
        func use<R: Sendable>(
            itemsAtStake: Int, _ body: @Sendable (any OutboxTable) throws -> R
        ) -> (result: R?, events: [OutboxEvent]) {
            (try? body(Table()), [])
        }
    }

    @Test("what was sent and can't be deleted is a failure, and not sent again without a wait", arguments: [200, 400])
    func notDeleted(status: Int) async throws {
        let server = try ScriptedServer(then: .respond(status))
        defer { server.stop() }
        let log = RecordingLog()
        let worker = OutboxWorker(
            store: ReadOnlyStore(), configuration: TelemetryOutbox.Configuration(), pace: OutboxFixture.still,
            logger: log.logger())
        defer { worker.shutDown(timeout: .zero) { _ in } }
        worker.attach(
            OTLPRequestSender(
                signal: .traces,
                configuration: OTLPConfiguration(endpoint: try OTLPEndpoint(base: server.url), timeout: .seconds(3600)),
                logger: log.logger()))
        let result: FlushResult = await withCheckedContinuation { continuation in
            worker.flush(timeout: .seconds(60)) { continuation.resume(returning: $0) }
            worker.start()
        }
        #expect(result == .failure)
        #expect(server.requests.count == 1)
    }
}
