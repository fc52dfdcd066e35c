import Queuert
import QueuertConformance
import Testing

private struct InProcessUnderTest: NotifyAdapterUnderTest {
    func withAdapter(_ body: @Sendable (InProcessNotify) async throws -> Void) async throws {
        try await body(InProcessNotify())
    }
}

@Suite("The in-process notify adapter") struct InProcessNotifyTests {
    @Test("conforms", arguments: NotifyConformance(of: InProcessUnderTest()).cases)
    func conforms(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}
