import Queuert
import QueuertSQLite

/// A travel agency.
enum Agency {
    static func processors(_ client: Client<SQLiteStateAdapter>) -> [Processor<SQLiteStateAdapter>] {
        Trips.processors + Sales.processors(client)
    }

    /// The agency's own tables, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE TABLE itineraries (customer TEXT PRIMARY KEY, flight TEXT NOT NULL, hotel TEXT NOT NULL);
                CREATE TABLE sales (branch TEXT NOT NULL, cents INTEGER NOT NULL);
                INSERT INTO sales VALUES ('Oslo', 120000), ('Oslo', 80000), ('Riga', 55000), ('Turku', 10000);
                """)
        }
    }

    /// Books a trip, calls another one off, and adds up the sales.
    static func run(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        let alice = try await Trips.book(client, customer: "Alice", city: "Lisbon")
        var lines = ["a trip: \(try await client.awaitJobChain(alice).output)"]

        // Bob's hotel can't be booked before his answer comes, and he calls it off. What waits for it ends too.
        let hotel = try await client.startJobChain(
            BookHotel.self, input: .init(customer: "Bob", city: "Porto"), schedule: .after(.seconds(3_600)))
        let flight = try await client.startJobChain(BookFlight.self, input: .init(customer: "Bob", city: "Porto"))
        let bob = try await client.startJobChain(PlanTrip.self, input: "Bob", blockers: (flight, hotel))
        try await client.cancelJobChain(hotel)
        do {
            _ = try await client.awaitJobChain(bob)
        } catch is ChainCancelledError {
            lines.append("a trip: Bob's is cancelled, as his hotel is")
        }

        let report = try await client.startJobChain(ReportSales.self, input: ["Oslo", "Riga", "Turku"])
        lines.append("sales: \(try await client.awaitJobChain(report).output) cents in three branches")
        return lines
    }
}
