import Queuert
import QueuertConformance
import QueuertPostgres
import Testing

/// A job that ends when as many of its round have begun as the worker has slots.
private enum Meet: EntryJobType {
    static let name = "meet"
    typealias Input = Int
    typealias Output = Int
}

/// Shows that as much goes on at once after a fault as before it, and without pauses.
///
/// Times would tell nothing on a busy machine. The client goes by its clock, and the worker has its processor.
struct Throughput: Sendable {
    let clock = PauseClock()
    private let meetings = Journal()

    var processor: Processor<PostgresStateAdapter> {
        .atomic(Meet.self) { [meetings] job, db in
            _ = try db.query("SELECT 1")
            meetings.add("round \(job.input)")
            try await meetings.wait(for: StoreTable.slots, of: "round \(job.input)")
            return .finish(job.input)
        }
    }

    /// Waits until so many connections of a pool are in use at once, and then until jobs fill all slots of the worker
    /// without a pause of it.
    func waitForAll(_ connections: Int, of pool: PostgresPool, _ client: Client<PostgresStateAdapter>) async throws {
        try await use(connections, of: pool)
        // On a busy machine a claim may still fail, where nobody waits for a connection for long.
        for round in 0..<100 {
            let pauses = clock.pauses
            let chains = try await untilItWorks {
                try await client.startJobChains((0..<StoreTable.slots).map { _ in NewChain(Meet.self, input: round) })
            }
            for chain in chains { try await waitForEnd(chain.id, client) }
            if clock.pauses == pauses { return }
        }
        Issue.record("The worker goes on to pause after its claims.")
    }

    /// Holds connections of a pool until there are so many, each of another process of the server's.
    private func use(_ connections: Int, of pool: PostgresPool) async throws {
        let processes = Locked<Set<Int>>([])
        let meeting = Journal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    try await untilItWorks {
                        try await pool.write { db in
                            let process = try db.query("SELECT pg_backend_pid() AS pid")[0].int("pid") ?? 0
                            if processes.withLock({ $0.insert(process).inserted }) { meeting.add("in use") }
                            try await meeting.wait(for: connections, of: "in use")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

/// The machine's clock, which counts how often somebody waits for no longer than a worker that the database failed.
final class PauseClock: QueueClock {
    private let counted = Locked(0)

    var pauses: Int { counted.withLock { $0 } }
    var now: Timestamp { SystemClock().now }

    func sleep(for duration: Duration) async throws {
        if duration <= StoreTable.longestPause { counted.withLock { $0 += 1 } }
        try await SystemClock().sleep(for: duration)
    }
}
