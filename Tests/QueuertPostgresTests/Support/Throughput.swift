import Queuert
import QueuertConformance
import Testing

@testable import QueuertPostgres

/// A job that ends when as many of its round have begun as the worker has slots.
private enum Meet: EntryJobType {
    static let name = "meet"
    typealias Input = Int
    typealias Output = Int
}

/// A job that no worker takes: it is done by hand, to count what that costs.
private enum Priced: EntryJobType {
    static let name = "priced"
    typealias Input = Int
    typealias Output = Int
}

/// Shows that as much goes on at once after a fault as before it, without pauses, and for as many round trips.
///
/// Times would tell nothing on a busy machine. The client goes by its clock, and the worker has its processor.
struct Throughput: Sendable {
    let clock: FaultClock
    private let client: Client<PostgresStateAdapter>
    private let table: StoreTable
    private let roundTripsBefore: Int
    private let meetings = Journal()

    private static let jobCount = 20

    /// Counts what jobs cost before the fault, while nobody else uses the client's pool.
    init(of client: Client<PostgresStateAdapter>, _ table: StoreTable, _ clock: FaultClock) async throws {
        self.client = client
        self.table = table
        self.clock = clock
        roundTripsBefore = try await Self.roundTrips(ofJobs: Self.jobCount, client)
    }

    private var pool: PostgresPool { client.adapter.pool }
    private var connections: Int { pool.configuration.maximumConnections }

    var processor: Processor<PostgresStateAdapter> {
        // Each atomic job has a connection until it ends.
        if connections < StoreTable.slots {
            return .detached(Meet.self) { [meetings] job in
                try await Self.meet(job.input, meetings)
                return .finish(job.input)
            }
        }
        return .atomic(Meet.self) { [meetings] job, db in
            _ = try db.query("SELECT 1")
            try await Self.meet(job.input, meetings)
            return .finish(job.input)
        }
    }

    private static func meet(_ round: Int, _ meetings: Journal) async throws {
        meetings.add("round \(round)")
        try await meetings.wait(for: StoreTable.slots, of: "round \(round)")
    }

    /// Waits until all connections of the pool are in use at once, and then until jobs fill all slots of a worker
    /// without a pause of it.
    ///
    /// Then it stops the worker, and expects jobs to cost what they did before the fault.
    func expectRecovery(of worker: Worker<PostgresStateAdapter>) async throws {
        try await useAllConnections()
        try await fillAllSlots()
        // What jobs cost can be counted only while nobody else asks the database.
        await worker.stop()
        var roundTrips = 0
        // Somebody may have left a task behind that still does.
        for _ in 0..<100 {
            roundTrips = try await Self.roundTrips(ofJobs: Self.jobCount, client)
            if roundTrips == roundTripsBefore { return }
        }
        Issue.record("Jobs cost \(roundTrips) round trips, and \(roundTripsBefore) before the fault.")
    }

    /// The same by a worker of its own, where none was there during the fault.
    func expectRecovery() async throws {
        let worker = try table.makeWorker(client, and: [processor])
        async let running: Void = worker.run()
        try await expectRecovery(of: worker)
        await running
    }

    private func fillAllSlots() async throws {
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

    /// Holds connections of the pool until there are as many as it may have, each of another process of the server's.
    private func useAllConnections() async throws {
        let (pool, schema, connections) = (self.pool, table.schema, self.connections)
        let processes = Locked<Set<Int>>([])
        let meeting = Journal()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<connections {
                group.addTask {
                    try await untilItWorks {
                        try await pool.write { db in
                            // Fails where the server, or the connection, does not write.
                            try db.execute("UPDATE \(schema).stored SET number = number WHERE false")
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

    /// Starts jobs, claims and ends them as a worker does, and counts how often the server is waited for.
    ///
    /// Of each claim, one job ends as atomic ones do, and the others as detached ones do. Nobody else may use the pool.
    static func roundTrips(ofJobs count: Int, _ client: Client<PostgresStateAdapter>) async throws -> Int {
        let adapter = client.adapter
        let request = ClaimRequest(typeNames: [Priced.name], limit: 20, worker: "w", leaseDuration: .seconds(60))
        return try await untilItWorks {
            let start = adapter.pool.roundTripCount
            _ = try await client.startJobChains((0..<count).map { NewChain(Priced.self, input: $0) })
            var claimed = 0
            while claimed < count {
                try Task.checkCancellation()
                let jobs = try await adapter.withOperation(.work) { db in
                    try adapter.operations(on: db).claimJobs(request).jobs
                }
                claimed += jobs.count
                let ends = jobs.map { job in
                    Settlement(
                        lease: Lease(jobID: job.row.id, token: job.row.leaseToken), chainID: job.row.chainID,
                        worker: "w", attemptContext: nil, outcome: .completed(output: "1"))
                }
                _ = try await adapter.withOperation(.work) { db in
                    try adapter.operations(on: db).settle(Array(ends.dropLast()))
                }
                _ = try await adapter.withTransaction { db in
                    _ = try db.query("SELECT 1")
                    return try adapter.operations(on: db).settleLast(Array(ends.suffix(1)))
                }
            }
            return adapter.pool.roundTripCount - start
        }
    }
}
