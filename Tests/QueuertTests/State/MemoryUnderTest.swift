import Queuert
import QueuertConformance

/// Makes in-memory adapters for the cases of QueuertConformance.
struct MemoryUnderTest: StateAdapterUnderTest {
    func withAdapter(clock: ManualClock, _ body: @Sendable (MemoryStateAdapter) async throws -> Void) async throws {
        try await body(MemoryStateAdapter(clock: clock))
    }
}
