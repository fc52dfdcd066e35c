import Testing

@testable import QueuertOTel
@testable import QueuertOTelOutbox

@Suite("Outbox log") struct OutboxLogTests {
    private let recording = RecordingLog()

    private var fullCount: Int { recording.entries.filter { $0.message.contains("full") }.count }

    @Test("that an outbox is full is told once an outage, though other signals have nothing to send")
    func full() {
        let log = OutboxLog(logger: recording.logger())
        log.unreachable("It is down.", .traces)
        log.droppedForRoom(1)
        log.emptied(.logs)
        log.droppedForRoom(1)
        #expect(fullCount == 1)
        log.taken(.traces)
        log.emptied(.traces)
        log.droppedForRoom(1)
        #expect(fullCount == 2)
    }
}
