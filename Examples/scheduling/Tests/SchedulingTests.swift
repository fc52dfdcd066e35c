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
            #expect(
                lines == [
                    "by priority: sent medicine, sent a book, sent a gift for next week",
                    "at nine: sent tea",
                    "at noon: lunch",
                    "three days later: Alice was reminded twice",
                    "asked twice, the same chain: true",
                    "synced: account 7",
                    "asked when it was over, another chain: true",
                    "each day: Oslo closed at 2026-03-05T19:00:00Z",
                    "each day: Oslo closed at 2026-03-06T19:00:00Z",
                    "after stopping, what recurs: 0",
                ])
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
                    == ["rescheduled, the supplier opens at ten"])
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
