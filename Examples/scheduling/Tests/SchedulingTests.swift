import ExampleTesting
import Queuert
import QueuertSQLite
import Testing

@testable import Scheduling

@Suite("Scheduling", .timeLimit(.minutes(2))) struct SchedulingTests {
    @Test("runs each job when the README says, and the rows say when it was due")
    func story() async throws {
        let clock = ManualClock(start: Shop.openingTime)
        try await withExampleQueue(clock: clock) { queue in
            try await Shop.createTables(in: queue.pool)
            let lines = try await Shop.run(queue.client, clock: clock)
            let told = try linesInReadme()
            #expect(lines == told)
            // Hours after nine at which the reminders were due, and the first of them ran.
            let hour = 3_600_000_000
            let reminders = try await queue.rows(
                """
                SELECT (scheduled_at - \(Shop.openingTime.microseconds)) / \(hour)
                FROM queuert_job WHERE type_name = 'remind-of-cart' ORDER BY chain_index
                """)
            #expect(reminders == ["1", "72"])
            #expect(
                try await queue.rows("SELECT outcome, error FROM queuert_job_attempt")
                    == Array(repeating: "rescheduled, rescheduled: the supplier opens at ten", count: 2))
        }
    }

    @Test("of ten that ask at once for the same, one starts a chain")
    func deduplicationAtOnce() async throws {
        try await withExampleQueue { queue in
            let client = queue.client
            let chains = try await withThrowingTaskGroup(of: Chain<SyncStock>.self) { group in
                for _ in 1...10 {
                    group.addTask {
                        try await client.startJobChain(
                            SyncStock.self, input: 7, deduplication: Deduplication(key: "account 7"))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(chains).count == 1)
            #expect(chains.count { !$0.isExisting } == 1)
            #expect(try await queue.rows("SELECT count(*) FROM queuert_job") == ["1"])
        }
    }
}
