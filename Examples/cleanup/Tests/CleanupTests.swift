import ExampleTesting
import Queuert
import Testing

@testable import Cleanup

@Suite("Cleanup", .timeLimit(.minutes(2))) struct CleanupTests {
    @Test("leaves what the README says, and no row of what it deleted")
    func story() async throws {
        let clock = ManualClock()
        try await withExampleQueue(clock: clock) { queue in
            let worker = try Worker(client: queue.client, processors: Exports.processors(queue.client))
            let lines = try await queue.working(worker) { try await Exports.run(queue.client, clock: clock) }
            let told = try linesInReadme()
            #expect(lines == told)
            #expect(try await queue.rows("SELECT type_name FROM queuert_job") == ["clean-up"])
            for table in ["job_blocker", "job_attempt"] {
                #expect(try await queue.rows("SELECT count(*) FROM queuert_\(table)") == ["0"], "\(table)")
            }
        }
    }

    @Test("of two at once does no harm")
    func twoAtOnce() async throws {
        let clock = ManualClock()
        try await withExampleQueue(clock: clock) { queue in
            let client = queue.client
            let worker = try Worker(client: client, processors: Exports.processors(client))
            try await queue.working(worker) {
                let chains = try await client.startJobChains(
                    (1...50).map { NewChain(ExportTable.self, input: "table \($0)") })
                for chain in chains { _ = try await client.awaitJobChain(chain) }
            }
            clock.advance(by: .seconds(60))
            async let first = client.cleanUp(.completed, olderThan: .seconds(60), batchSize: 7)
            async let second = client.cleanUp(.completed, olderThan: .seconds(60), batchSize: 11)
            #expect(try await first + second == 50)
            #expect(try await Exports.allChains(client).isEmpty)
        }
    }
}
