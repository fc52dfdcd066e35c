import QueuertConformance
import Testing

@Suite("The in-memory state adapter", .timeLimit(.minutes(5))) struct MemoryConformanceTests {
    @Test("conforms", arguments: StateConformance(of: MemoryUnderTest()).cases)
    func conforms(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }

    @Test("carries workers", arguments: WorkerConformance(of: MemoryUnderTest()).cases)
    func carriesWorkers(_ conformanceCase: ConformanceCase) async throws { try await conformanceCase.run() }
}
