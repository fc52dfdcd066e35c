import Queuert
import QueuertConformance
import Testing

struct InProcessUnderTest: NotifyAdapterUnderTest {
    func withAdapter(_ body: @Sendable (InProcessNotify) async throws -> Void) async throws {
        try await body(InProcessNotify())
    }
}

@Suite("Notify adapters", .timeLimit(.minutes(20))) struct NotifyConformanceTests {
    @Test("in process: conforms", arguments: NotifyConformance(of: InProcessUnderTest()).cases)
    func inProcess(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("hints that come again: conforms", arguments: NotifyConformance(of: RestlessUnderTest()).cases)
    func restless(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test(
        "hints that come again: workers are not disturbed",
        arguments: WorkerConformance(of: MemoryUnderTest(), notify: RestlessUnderTest()).cases)
    func workers(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}
