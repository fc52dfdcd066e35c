import Testing

@testable import QueuertOTel

@Suite("Clock of exporters", .timeLimit(.minutes(20))) struct ExportClockTests {
    @Test("an interruption ends the waits of all threads, and all that follow")
    func interruption() async {
        let clock = SystemExportClock()
        async let first: Void = onOwnThread { clock.wait(.seconds(3600)) }
        async let second: Void = onOwnThread { clock.wait(.seconds(3600)) }
        while clock.signal.waiterCount < 2 { await Task.yield() }
        clock.interrupt()
        await first
        await second
        await onOwnThread {
            clock.wait(.seconds(3600))
            clock.wait(.seconds(3600))
        }
        #expect(clock.signal.waiterCount == 0)
    }
}
