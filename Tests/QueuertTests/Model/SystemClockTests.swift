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
}
