import Queuert
import Testing

@Suite("A thread of an actor", .timeLimit(.minutes(2))) struct ThreadExecutorTests {
    actor Answerer {
        let executor: ThreadExecutor
        init(givesWay: Bool = false) throws { executor = try ThreadExecutor(givesWay: givesWay) }

        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        func answer() -> Int { 7 }

        func answers(_ count: Int) async throws -> Int {
            var sum = 0
            for _ in 0..<count { sum += try await Self.pass { self.answer() } }
            return sum
        }
        /// As a transaction's body is called by what begins and ends the transaction.
        private nonisolated static func pass<R>(_ body: () async throws -> R) async throws -> R { try await body() }
    }

    @Test("goes on after an await inside a job without enqueueing it again", arguments: [false, true])
    func goesOn(givesWay: Bool) async throws {
        let answerer = try Answerer(givesWay: givesWay)
        let sum = try await answerer.answers(100)
        #expect(sum == 700)
        #expect(answerer.executor.arrivalCount == 1)
    }

    @Test("does work for idle times when no job has come for that long", arguments: [Duration.zero, .milliseconds(2)])
    func isDone(quiet: Duration) async throws {
        let answerer = try Answerer()
        await withCheckedContinuation { continuation in
            answerer.executor.whenIdle(for: quiet) { continuation.resume() }
        }
        #expect(await answerer.answer() == 7)
    }

    @Test("holds up no job, however long work for idle times waits")
    func holdsUpNoJob() async throws {
        let answerer = try Answerer()
        answerer.executor.whenIdle(for: .seconds(3_600)) {}
        for _ in 0..<3 { #expect(await answerer.answer() == 7) }
    }

    @Test("is an error where the system refuses it, and no end of the process")
    func isRefused() async throws {
        await #expect(throws: RefusedThreadError.self) {
            try await ThreadExecutor.refusingThreads { _ = try Answerer() }
        }
        #expect(try await Answerer().answer() == 7)
    }
}
