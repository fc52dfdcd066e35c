import Queuert
import Testing

@Suite("A thread's work for idle times", .timeLimit(.minutes(2))) struct ThreadExecutorTests {
    actor Answerer {
        let executor = ThreadExecutor()
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        func answer() -> Int { 7 }
    }

    @Test("is done when no job has come for that long", arguments: [Duration.zero, .milliseconds(2)])
    func isDone(quiet: Duration) async {
        let answerer = Answerer()
        await withCheckedContinuation { continuation in
            answerer.executor.whenIdle(for: quiet) { continuation.resume() }
        }
        #expect(await answerer.answer() == 7)
    }

    @Test("holds up no job, however long it waits")
    func holdsUpNoJob() async {
        let answerer = Answerer()
        answerer.executor.whenIdle(for: .seconds(3_600)) {}
        for _ in 0..<3 { #expect(await answerer.answer() == 7) }
    }
}
