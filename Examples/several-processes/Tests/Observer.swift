import ExampleSupport
import Foundation
import Queuert
import QueuertSQLite
import Testing

@testable import SeveralProcesses

/// The test's own eyes on the file that the processes work on.
///
/// It starts orders and has no worker.
struct Observer {
    private let file: String
    private let warehouse: Warehouse

    init(file: String) async throws {
        self.file = file
        warehouse = try await Warehouse(file: file, name: "observer")
    }

    /// Tests and program are built into the same folder.
    static var program: URL {
        get throws {
            try #require(Bundle.main.executableURL).deletingLastPathComponent()
                .appendingPathComponent("several-processes")
        }
    }

    func startProcess(_ name: String, orders: ClosedRange<Int>? = nil) throws -> ChildProcess {
        let range = orders.map { ["\($0.lowerBound)", "\($0.upperBound)"] } ?? []
        return try ChildProcess(try Self.program, ["worker", file, name] + range)
    }

    func takeOrders(_ numbers: ClosedRange<Int>) async throws { try await warehouse.takeOrders(numbers) }

    func close() async { await warehouse.client.adapter.pool.close() }

    /// The first number of a query's first row.
    func number(_ sql: String) async throws -> Int {
        try await read(sql) { rows in
            guard case .integer(let value) = rows.first?[0] else { return 0 }
            return Int(value)
        }
    }

    func openJobs() async throws -> Int {
        try await number("SELECT count(*) FROM queuert_job WHERE completed_at IS NULL")
    }

    /// The processes that have shipped something.
    func shippers() async throws -> Set<String> {
        try await read("SELECT DISTINCT process AS name FROM shipments") { Set($0.compactMap { $0.text("name") }) }
    }

    /// How many jobs a process has at the moment.
    func jobsHeld(by name: String) async throws -> Int {
        try await number("SELECT count(*) FROM queuert_job WHERE leased_by LIKE '\(name)-%'")
    }

    /// Checks that each order was packed and shipped once, its chain has ended once, and the file is sound.
    func expectEachOnce(_ count: Int) async throws {
        #expect(try await number("SELECT taken FROM stock") == count)
        #expect(try await number("SELECT count(*) FROM shipments") == count)
        #expect(try await number("SELECT count(*) FROM orders") == count)
        #expect(try await number("SELECT count(DISTINCT chain_id) FROM queuert_job") == count)
        #expect(try await number("SELECT count(*) FROM queuert_job WHERE completed_at IS NOT NULL") == 2 * count)
        #expect(
            try await number(
                "SELECT count(*) FROM orders JOIN queuert_job ON chain = chain_id WHERE output IS NOT NULL") == count)
        let integrity = try await read("PRAGMA integrity_check") { $0.compactMap { $0.text("integrity_check") } }
        #expect(integrity == ["ok"])
        #expect(try await read("PRAGMA foreign_key_check") { $0.count } == 0)
    }

    private func read<R: Sendable>(_ sql: String, _ body: @Sendable ([SQLiteRow]) throws -> R) async throws -> R {
        try await warehouse.client.adapter.pool.read { db in try body(try db.query(sql)) }
    }
}
