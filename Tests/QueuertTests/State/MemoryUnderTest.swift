import QueuertConformance

@testable import Queuert

/// Makes in-memory adapters for the cases of QueuertConformance.
struct MemoryUnderTest: StateAdapterUnderTest {
    var numbersJobs = false
    var identifiers: any JobIDGenerator { numbersJobs ? NumberedIDs() : UUIDv7Generator(seed: 1) }

    func withAdapter(clock: ManualClock, _ body: @Sendable (MemoryStateAdapter) async throws -> Void) async throws {
        try await body(MemoryStateAdapter(clock: clock))
    }

    func markAsBlocked(_ jobID: JobID, in adapter: MemoryStateAdapter) async throws -> Bool {
        try await adapter.withTransaction { db in
            guard var row = db.operations.row(jobID) else { return false }
            row.hasOpenBlockers = true
            db.operations.store.update(row)
            return true
        }
    }
}
