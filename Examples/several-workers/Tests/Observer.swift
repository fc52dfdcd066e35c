import ExampleSupport
import Foundation
import Queuert
import QueuertPostgres
import Testing

@testable import SeveralWorkers

/// The test's own eyes on the database that the processes work on.
///
/// It starts orders and has no worker.
final class Observer {
    let depot: Depot
    private let database: String
    private var orders = 0

    init(database: String) async throws {
        self.database = database
        depot = try await Depot(database: database)
    }

    /// Tests and program are built into the same folder.
    static var program: URL {
        get throws {
            try #require(Bundle.main.executableURL).deletingLastPathComponent().appendingPathComponent(
                "several-workers")
        }
    }

    func startProcess(_ name: String, _ work: String, pollInterval: Int = 1) throws -> ChildProcess {
        try ChildProcess(try Self.program, [database, "worker", name, work, "\(pollInterval)"])
    }

    @discardableResult
    func takeOrders(_ count: Int) async throws -> [Chain<PackParcel>] {
        defer { orders += count }
        return try await depot.takeOrders(orders + 1...orders + count)
    }

    /// The first number of a query's first row.
    func number(_ sql: String) async throws -> Int {
        try await depot.client.adapter.pool.read { db in try db.query(sql).first?[0].flatMap { Int($0) } ?? 0 }
    }

    func openJobs() async throws -> Int {
        try await number("SELECT count(*) FROM queuert_job WHERE completed_at IS NULL")
    }

    /// How many jobs a process has at the moment.
    func jobsHeld(by name: String) async throws -> Int {
        try await number("SELECT count(*) FROM queuert_job WHERE leased_by LIKE '\(name)-%'")
    }

    /// Checks that each order was packed and shipped once, and its chain has ended once.
    func expectEachOnce() async throws {
        #expect(try await number("SELECT taken FROM stock") == orders)
        #expect(try await number("SELECT count(*) FROM shipments") == orders)
        #expect(try await number("SELECT count(*) FROM orders") == orders)
        #expect(try await number("SELECT count(DISTINCT chain_id) FROM queuert_job") == orders)
        #expect(try await number("SELECT count(*) FROM queuert_job WHERE completed_at IS NOT NULL") == 2 * orders)
        #expect(
            try await number(
                "SELECT count(*) FROM orders JOIN queuert_job ON chain = chain_id WHERE output IS NOT NULL") == orders)
    }
}
