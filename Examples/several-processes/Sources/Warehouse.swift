import ExampleSupport
import Queuert
import QueuertSQLite

/// One process of the warehouse.
///
/// All have the same file, and nothing else in common.
struct Warehouse: Sendable {
    let client: Client<SQLiteStateAdapter>
    private let pool: SQLitePool
    private let worker: Worker<SQLiteStateAdapter>
    private let telemetry: ExampleTelemetry

    /// Four processes write: let each be patient when it is not its turn.
    static let busyTimeout: Duration = .seconds(10)
    /// After so long the jobs of a process that was killed are another's.
    ///
    /// A worker that waits for a lock must not lose its jobs meanwhile, so this is longer than that wait.
    static let leaseDuration: Duration = .seconds(12)

    /// Opens the file.
    ///
    /// Any number of processes may do so at once, the first of which makes the tables.
    init(file: String, name: String) async throws {
        telemetry = ExampleTelemetry("several-processes")
        pool = try await SQLitePool(path: file, configuration: .init(busyTimeout: Self.busyTimeout))
        let adapter = SQLiteStateAdapter(pool: pool)
        try await adapter.migrate()
        try await pool.write { db in try db.executeScript(Self.tables) }
        client = Client(adapter: adapter, observability: telemetry.queue)
        worker = try Worker(
            client: client, processors: Self.processors(process: name),
            configuration: .init(
                name: name, concurrency: 4, leaseDuration: Self.leaseDuration,
                // Processes don't hear each other: so often each looks what others have started.
                pollInterval: .milliseconds(100)))
    }

    private static let tables = """
        CREATE TABLE IF NOT EXISTS stock (id INTEGER PRIMARY KEY, taken INTEGER NOT NULL);
        INSERT OR IGNORE INTO stock VALUES (1, 0);
        CREATE TABLE IF NOT EXISTS orders (number INTEGER PRIMARY KEY, chain TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS shipments (number INTEGER PRIMARY KEY, process TEXT NOT NULL);
        """

    private static func processors(process: String) -> [Processor<SQLiteStateAdapter>] {
        [
            .atomic(PackParcel.self) { job, db in
                try db.execute("UPDATE stock SET taken = taken + 1")
                return .continueWith(\.ship, input: job.input)
            },
            .staged(ShipParcel.self) { job, attempt in
                // The carrier takes a moment. A process that is killed here has shipped nothing: another does it again.
                try await Task.sleep(for: .milliseconds(20))
                return try await attempt.complete { db in
                    try db.execute("INSERT INTO shipments VALUES (?, ?)", [job.input, process])
                    return .finish(process)
                }
            },
        ]
    }

    /// Takes orders that nobody has taken: each order and its chain are one transaction.
    @discardableResult
    func takeOrders(_ numbers: ClosedRange<Int>) async throws -> [Chain<PackParcel>] {
        var chains: [Chain<PackParcel>] = []
        for number in numbers {
            chains.append(
                try await client.withTransaction { db in
                    if let row = try db.query("SELECT chain FROM orders WHERE number = ?", [number]).first {
                        return Chain(id: JobID(rawValue: row.text("chain") ?? ""))
                    }
                    let chain = try await client.startJobChain(PackParcel.self, input: number, on: db)
                    try db.execute("INSERT INTO orders VALUES (?, ?)", [number, chain.id.rawValue])
                    return chain
                })
        }
        return chains
    }

    /// Runs this process's worker while a body runs.
    func working(_ body: () async throws -> Void) async throws {
        async let working: Void = worker.run()
        try await body()
        await worker.stop()
        await working
        await pool.close()
        await telemetry.shutdown()
    }

    /// Who shipped how many, and what was taken from the stock.
    static func account(of file: String) async throws -> [String] {
        let pool = try await SQLitePool(path: file)
        let lines = try await pool.read { db in
            var lines = try db.query("SELECT process, count(*) AS n FROM shipments GROUP BY 1 ORDER BY min(rowid)").map
            {
                "the \($0.text("process") ?? "") process shipped \($0.int("n") ?? 0) parcels"
            }
            let totals = try db.query("SELECT taken, (SELECT count(*) FROM shipments) AS shipped FROM stock")
            lines.append(
                "shipped in all: \(totals[0].int("shipped") ?? 0), taken from stock: \(totals[0].int("taken") ?? 0)")
            return lines
        }
        await pool.close()
        return lines
    }
}
