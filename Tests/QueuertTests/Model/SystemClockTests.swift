import Queuert
import Testing

@Suite("The clock of the machine", .timeLimit(.minutes(2))) struct SystemClockTests {
    @Test("sleeps for a time without end until its task is cancelled")
    func endlessSleep() async {
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let sleeping = Task {
            begin.finish()
            try await SystemClock().sleep(for: .seconds(Int64.max))
        }
        for await _ in begun {}
        for _ in 0..<100 { await Task.yield() }
        sleeping.cancel()
        await #expect(throws: CancellationError.self) { try await sleeping.value }
    }

    @Test("measures how long something takes by a clock that goes on as a sleep does")
    func measuring() async throws {
        let clock = SystemClock()
        let start = clock.elapsed
        try await clock.sleep(for: .milliseconds(10))
        let end = clock.elapsed
        #expect(end - start >= .milliseconds(5))
        // It has nothing to do with the time of day.
        #expect(end < .microseconds(clock.now.microseconds))
    }
}
