import Queuert
import QueuertConformance
import QueuertSQLite
import Testing

private struct SQLiteUnderTest: StateAdapterUnderTest {
    enum Place { case file, memory }
    let place: Place

    func withAdapter(clock: ManualClock, _ body: @Sendable (SQLiteStateAdapter) async throws -> Void) async throws {
        switch place {
        case .memory: try await withAdapter(path: ":memory:", clock: clock, body)
        case .file:
            try await withTemporaryFolder { folder in
                try await withAdapter(path: "\(folder)/test.sqlite", clock: clock, body)
            }
        }
    }

    private func withAdapter(
        path: String, clock: ManualClock, _ body: @Sendable (SQLiteStateAdapter) async throws -> Void
    ) async throws {
        let pool = try await SQLitePool(path: path)
        let adapter = SQLiteStateAdapter(pool: pool, clock: clock)
        let result = await Result {
            try await adapter.migrate()
            try await body(adapter)
            try await expectInvariants(pool)
        }
        await pool.close()
        try result.get()
    }
}

@Suite("The SQLite state adapter", .timeLimit(.minutes(5))) struct SQLiteConformanceTests {
    @Test("conforms on a file", arguments: StateConformance(of: SQLiteUnderTest(place: .file)).cases)
    func conformsOnFile(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers on a file", arguments: WorkerConformance(of: SQLiteUnderTest(place: .file)).cases)
    func carriesWorkersOnFile(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms in memory", arguments: StateConformance(of: SQLiteUnderTest(place: .memory)).cases)
    func conformsInMemory(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}

extension Result where Failure == any Error {
    /// What a body returns or throws.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
