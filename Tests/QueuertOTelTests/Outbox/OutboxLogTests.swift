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

    @Test("that a store fails is told once, and that it works again when all of it does")
    func failures() {
        var failures = OutboxFailures()
        #expect(failures.failed(.deleting, itemsAtStake: 0, reason: "one") == [.broke(reason: "one")])
        #expect(failures.worked([.reading]).isEmpty)
        #expect(failures.worked([.leading]).isEmpty)
        #expect(failures.failed(.deleting, itemsAtStake: 0, reason: "two").isEmpty)
        #expect(failures.failed(.keeping, itemsAtStake: 3, reason: "three").isEmpty)
        #expect(failures.worked([.deleting]).isEmpty)
        #expect(failures.worked([.keeping]) == [.worksAgain(notKept: 3)])
        #expect(failures.worked([.keeping]).isEmpty)
        #expect(failures.failed(.reading, itemsAtStake: 0, reason: "four") == [.broke(reason: "four")])
        #expect(failures.worked([.reading, .deleting]) == [.worksAgain(notKept: 0)])
    }
}
