import Foundation
import Queuert
import QueuertPostgres

/// Where the server is; without one there is nothing to measure.
struct NoPostgres: Error, CustomStringConvertible {
    var description: String {
        "QUEUERT_TEST_POSTGRES is not set. Start a server with it: .ci/with-postgres swift run -c release queuert-bench pg"
    }
}

func postgresAddress() throws -> String {
    guard let address = ProcessInfo.processInfo.environment["QUEUERT_TEST_POSTGRES"] else { throw NoPostgres() }
    return address
}

/// A queue in a schema of its own.
struct PostgresQueue: Sendable {
    let address: String
    let schema: String
    let history: PostgresHistory

    /// Runs a body with a queue's tables, which are removed afterwards.
    static func with<R: Sendable>(
        history: PostgresHistory = .amongJobs, _ body: (PostgresQueue) async throws -> R
    ) async throws -> R {
        let queue = PostgresQueue(
            address: try postgresAddress(), schema: "bench_\(UInt32.random(in: .min ... .max))", history: history)
        try await queue.withClient { _ = try await $0.adapter.migrate() }
        let value = try await body(queue)
        try await queue.withClient { client in
            try await client.adapter.pool.write { db in _ = try db.execute("DROP SCHEMA \(queue.schema) CASCADE") }
        }
        return value
    }

    var floor: PostgresFloorQueue {
        PostgresFloorQueue(
            address: address,
            statements: PostgresStatements(PostgresTables(schema: schema, prefix: "queuert_", idType: .uuid)))
    }

    /// Runs a body with connections of its own, which are closed afterwards.
    func withClient<R: Sendable>(
        connections: Int = 10, notify: any NotifyAdapter = InProcessNotify(),
        observability: ((PostgresStateAdapter) -> any ObservabilityAdapter)? = nil,
        _ body: (Client<PostgresStateAdapter>) async throws -> R
    ) async throws -> R {
        let pool = try await PostgresPool(
            address, configuration: .init(maximumConnections: connections, applicationName: schema),
            logger: quietLogger())
        let adapter = PostgresStateAdapter(pool: pool, schema: schema, history: history, logger: quietLogger())
        let client = Client(
            adapter: adapter, notify: notify, observability: observability?(adapter), logger: quietLogger())
        let value = try await body(client)
        await pool.close()
        return value
    }

    func start(_ count: Int, atOnce size: Int) async throws {
        try await withClient { try await queuert_bench.start(count, atOnce: size, $0) }
    }
}

/// What something cost the server, for each thing that was done.
struct ServerCosts: Sendable {
    var commits: Double
    var walBytes: Double
    /// How many times a connection waited for the server.
    var roundTrips: Double
}

extension PostgresQueue {
    /// Measures what a body costs the server that does so many things.
    func measuring(
        _ count: Int, connections: Int = 10, _ body: (Client<PostgresStateAdapter>) async throws -> Rate
    ) async throws -> (Rate, ServerCosts) {
        let monitor = try await PostgresPool(
            address, configuration: .init(maximumConnections: 1), logger: quietLogger())
        let before = try await counters(monitor)
        let (rate, roundTrips) = try await withClient(connections: connections) { client in
            let rate = try await body(client)
            return (rate, client.adapter.pool.roundTripCount)
        }
        let after = try await counters(monitor)
        await monitor.close()
        let number = Double(count)
        return (
            rate,
            ServerCosts(
                commits: (after.commits - before.commits) / number, walBytes: (after.wal - before.wal) / number,
                roundTrips: Double(roundTrips) / number)
        )
    }

    /// Measures a body and the floor in turn, since the machine and the tables change meanwhile: medians of some rounds.
    ///
    /// - Parameters:
    ///   - count: How many things the body does.
    ///   - connections: How many connections the body has.
    ///   - rounds: How many.
    ///   - unit: What is counted.
    ///   - body: What is measured.
    ///   - floor: Does the same without any of our code, and says how many a second.
    /// - Returns: The medians.
    /// - Throws: What these throw.
    func inTurn(
        _ count: Int, connections: Int = 10, rounds: Int = 5, unit: String,
        _ body: (Client<PostgresStateAdapter>) async throws -> Rate, floor: () async throws -> Double
    ) async throws -> Measurement {
        var measured: [(rate: Rate, floor: Double)] = []
        var total = ServerCosts(commits: 0, walBytes: 0, roundTrips: 0)
        for round in 0..<rounds {
            // Both go first in turn, since the first finds the caches and the disk as the other left them.
            let before: Double? = round.isMultiple(of: 2) ? nil : try await floor()
            let (rate, costs) = try await measuring(count, connections: connections, body)
            let bare = if let before { before } else { try await floor() }
            measured.append((rate, bare))
            total.commits += costs.commits / Double(rounds)
            total.walBytes += costs.walBytes / Double(rounds)
            total.roundTrips += costs.roundTrips / Double(rounds)
        }
        var measurement = Measurement(measured, unit: unit)
        measurement.server = total
        return measurement
    }

    /// What the server has counted once the queue's sessions are over, which tell what they did when they end.
    private func counters(_ monitor: PostgresPool) async throws -> (commits: Double, wal: Double) {
        while true {
            let row = try await monitor.read { db in
                try db.query(
                    """
                    SELECT d.xact_commit AS commits, (pg_current_wal_lsn() - '0/0')::bigint AS wal,
                        (SELECT count(*) FROM pg_stat_activity WHERE application_name = $1) AS sessions
                    FROM pg_stat_database d WHERE d.datname = current_database()
                    """, [schema])[0]
            }
            if row.int("sessions") == 0 { return (Double(row.int("commits") ?? 0), Double(row.int("wal") ?? 0)) }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
