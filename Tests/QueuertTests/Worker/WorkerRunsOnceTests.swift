import Queuert
import Testing

@Suite("The run of a worker", .timeLimit(.minutes(20))) struct WorkerRunsOnceTests {
    enum Work: EntryJobType {
        static let name = "work"
        typealias Input = Int
        typealias Output = Int
    }

    @Test("a second one stops the program")
    func secondRun() async {
        await #expect(processExitsWith: .failure) {
            guard
                let worker = try? Worker(
                    client: Client(adapter: MemoryStateAdapter()),
                    processors: [.detached(Work.self) { .finish($0.input) }])
            else { return }
            async let first: Void = worker.run()
            await worker.run()
            await first
        }
    }
}
