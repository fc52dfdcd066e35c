import ExampleSupport
import Queuert
import QueuertPostgres

/// One process of the depot.
///
/// All have the same database, on whatever machine it is, and nothing else in common.
struct Depot: Sendable {
    /// What the worker of a process does.
    enum Work: String, CaseIterable, Sendable { case packs, ships }

    let client: Client<PostgresStateAdapter>
    private let notify: PostgresNotify
    private let telemetry: ExampleTelemetry

    /// Opens the database.
    ///
    /// Any number of processes may do so at once, the first of which makes the tables. They go where the connection's
    /// search path leads.
    init(database: String) async throws {
        telemetry = ExampleTelemetry("several-workers")
        // Four jobs at once, a claim, and a statement now and then. With ten processes the server has sixty connections.
        let pool = try await PostgresPool(
            database, configuration: .init(maximumConnections: Self.concurrency + 2, applicationName: "several-workers")
        )
        let schema = try await pool.read { db in try db.query("SELECT current_schema()").first?[0] } ?? "public"
        let adapter = PostgresStateAdapter(pool: pool, schema: schema)
        try await adapter.migrate()
        try await Self.createTables(in: pool)
        // One more connection, on which this process hears what others have started and completed. Queues in one database
        // have channels of their own.
        notify = PostgresNotify(database, channel: schema)
        client = Client(adapter: adapter, notify: notify, observability: telemetry.queue)
    }

    private static let concurrency = 4

    private static func createTables(in pool: PostgresPool) async throws {
        try await pool.write { db in
            // One process after the other.
            _ = try db.query("SELECT pg_advisory_xact_lock(hashtext('several-workers'))")
            try db.execute("SET LOCAL client_min_messages = warning")
            try db.execute("CREATE TABLE IF NOT EXISTS stock (id int PRIMARY KEY, taken int NOT NULL)")
            try db.execute("INSERT INTO stock VALUES (1, 0) ON CONFLICT DO NOTHING")
            try db.execute("CREATE TABLE IF NOT EXISTS orders (number int PRIMARY KEY, chain uuid NOT NULL)")
            try db.execute("CREATE TABLE IF NOT EXISTS shipments (number int PRIMARY KEY, process text NOT NULL)")
        }
    }

    private static func processors(_ work: Set<Work>, process: String) -> [Processor<PostgresStateAdapter>] {
        var processors: [Processor<PostgresStateAdapter>] = []
        if work.contains(.packs) {
            processors.append(
                .atomic(PackParcel.self) { job, db in
                    try db.execute("UPDATE stock SET taken = taken + 1")
                    return .continueWith(\.ship, input: job.input)
                })
        }
        if work.contains(.ships) {
            processors.append(
                .staged(ShipParcel.self) { job, attempt in
                    // The carrier takes a moment. A process that is killed here has shipped nothing: another does it again.
                    try await Task.sleep(for: .milliseconds(20))
                    return try await attempt.complete { db in
                        try db.execute("INSERT INTO shipments VALUES ($1, $2)", [job.input, process])
                        return .finish(process)
                    }
                })
        }
        return processors
    }

    /// Takes orders: each order and its chain are one transaction.
    @discardableResult
    func takeOrders(_ numbers: ClosedRange<Int>) async throws -> [Chain<PackParcel>] {
        var chains: [Chain<PackParcel>] = []
        for number in numbers {
            chains.append(
                try await client.withTransaction { db in
                    let chain = try await client.startJobChain(PackParcel.self, input: number, on: db)
                    try db.execute("INSERT INTO orders VALUES ($1, $2)", [number, chain.id.rawValue])
                    return chain
                })
        }
        return chains
    }

    /// Runs a worker while a body runs.
    ///
    /// - Parameters:
    ///   - work: What it does; a worker claims no jobs of other types.
    ///   - name: What this process is called.
    ///   - pollInterval: How often it looks for jobs that it was not told of, as when a hint was lost.
    ///   - body: What to do meanwhile.
    /// - Throws: What the body throws.
    func working(
        _ work: Set<Work>, name: String, pollInterval: Duration = .seconds(1), _ body: () async throws -> Void
    ) async throws {
        let worker = try Worker(
            client: client, processors: Self.processors(work, process: name),
            configuration: .init(
                name: name, concurrency: Self.concurrency,
                // After so long the jobs of a process that was killed are another's: short, so that you see it happen.
                leaseDuration: .seconds(3), pollInterval: pollInterval))
        async let working: Void = worker.run()
        try await body()
        await worker.stop()
        await working
    }

    /// Closes the connections and sends the last spans.
    func close() async {
        await notify.close()
        await client.adapter.pool.close()
        await telemetry.shutdown()
    }

    /// Who shipped how many, and what was taken from the stock.
    func account() async throws -> [String] {
        try await client.adapter.pool.read { db in
            var lines = try db.query("SELECT process, count(*) AS n FROM shipments GROUP BY 1 ORDER BY 1").map { row in
                "\(row.text("process") ?? "") shipped \(row.int("n") ?? 0) parcels"
            }
            let totals = try db.query("SELECT taken, (SELECT count(*) FROM shipments) AS shipped FROM stock")
            lines.append(
                "shipped in all: \(totals[0].int("shipped") ?? 0), taken from stock: \(totals[0].int("taken") ?? 0)")
            return lines
        }
    }
}
