import QueuertConformance
import Testing

@Suite("The in-memory state adapter", .timeLimit(.minutes(20))) struct MemoryConformanceTests {
    @Test("conforms", arguments: StateConformance(of: MemoryUnderTest()).cases)
    func conforms(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers", arguments: WorkerConformance(of: MemoryUnderTest()).cases)
    func carriesWorkers(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("conforms with other identifiers", arguments: StateConformance(of: MemoryUnderTest(numbersJobs: true)).cases)
    func conformsWithOtherIdentifiers(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }

    @Test(
        "carries workers with other identifiers",
        arguments: WorkerConformance(of: MemoryUnderTest(numbersJobs: true)).cases)
    func carriesWorkersWithOtherIdentifiers(_ conformanceCase: ConformanceCase) async throws {
        try await conformanceCase.run()
    }
}
