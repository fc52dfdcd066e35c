import Queuert
import QueuertConformance

/// Makes in-memory adapters for the cases of QueuertConformance.
struct MemoryUnderTest: StateAdapterUnderTest {
    var numbersJobs = false
    var identifiers: any JobIDGenerator { numbersJobs ? NumberedIDs() : UUIDv7Generator(seed: 1) }

    func withAdapter(clock: ManualClock, _ body: @Sendable (MemoryStateAdapter) async throws -> Void) async throws {
        try await body(MemoryStateAdapter(clock: clock))
    }
}
