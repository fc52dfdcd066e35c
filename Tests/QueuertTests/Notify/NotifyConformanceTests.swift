import Queuert
import QueuertConformance
import Testing

struct InProcessUnderTest: NotifyAdapterUnderTest {
    func withAdapter(_ body: @Sendable (InProcessNotify) async throws -> Void) async throws {
        try await body(InProcessNotify())
    }
}

/// Makes adapters that tell nobody.
private struct SilentUnderTest: NotifyAdapterUnderTest {
    func withAdapter(_ body: @Sendable (PollingOnly) async throws -> Void) async throws {
        try await body(PollingOnly())
    }
}

@Suite("Notify adapters", .timeLimit(.minutes(20))) struct NotifyConformanceTests {
    @Test("in process: conforms", arguments: NotifyConformance(of: InProcessUnderTest()).cases)
    func inProcess(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("hints that come again: conforms", arguments: NotifyConformance(of: RestlessUnderTest()).cases)
    func restless(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("a case that waits for a hint that never comes ends with an error that names it")
    func silent() async throws {
        let cases = NotifyConformance(of: SilentUnderTest()).cases
        let arrival = try #require(cases.first { $0.name == "types that became due arrive by name" })
        let failure = await #expect(throws: ConformanceFailure.self) {
            try await arrival.run(within: .milliseconds(50))
        }
        #expect(failure?.sentence.contains(arrival.name) == true)
    }

    @Test(
        "hints that come again: workers are not disturbed",
        arguments: WorkerConformance(of: MemoryUnderTest(), notify: RestlessUnderTest()).cases)
    func workers(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}
