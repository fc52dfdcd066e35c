import Queuert
import QueuertConformance
import Testing

private struct MemoryUnderTest: StateAdapterUnderTest {
    func withAdapter(clock: ManualClock, _ body: @Sendable (MemoryStateAdapter) async throws -> Void) async throws {
        try await body(MemoryStateAdapter(clock: clock))
    }
}

@Suite("The in-memory state adapter") struct MemoryConformanceTests {
    @Test("conforms", arguments: StateConformance(of: MemoryUnderTest()).cases)
    func conforms(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}
