import Foundation
import Queuert
import QueuertPostgres

/// The service's own tables, in the same database as the queue's.
enum OrderTable {
    /// Any number of processes may call it at once: the lock lets one of them make the tables.
    static func create(in pool: PostgresPool) async throws {
        try await pool.write { db in
            _ = try db.query("SELECT pg_advisory_xact_lock(hashtext('http-service'))")
            try db.execute("SET LOCAL client_min_messages = warning")
            try db.execute(
                """
                CREATE TABLE IF NOT EXISTS stock (
                    product text PRIMARY KEY,
                    price integer NOT NULL,
                    available integer NOT NULL CHECK (available >= 0)
                )
                """)
            try db.execute(
                """
                INSERT INTO stock VALUES ('apple', 50, 1000), ('pear', 80, 1000), ('yacht', 90000000, 1)
                ON CONFLICT DO NOTHING
                """)
            try db.execute(
                """
                CREATE TABLE IF NOT EXISTS orders (
                    id uuid PRIMARY KEY,
                    chain uuid NOT NULL UNIQUE,
                    product text NOT NULL REFERENCES stock,
                    quantity integer NOT NULL CHECK (quantity > 0),
                    customer text NOT NULL,
                    state text NOT NULL
                )
                """)
        }
    }

    static func insert(
        _ order: NewOrder, id: UUID, chain: Chain<ReserveStock>, on db: isolated PostgresConnection
    ) throws {
        try db.execute(
            "INSERT INTO orders (id, chain, product, quantity, customer, state) VALUES ($1, $2, $3, $4, $5, $6)",
            [id, chain.id.rawValue, order.product, order.quantity, order.customer, OrderState.received.rawValue])
    }

    static func find(_ id: UUID, on db: isolated PostgresConnection) throws -> StoredOrder? {
        try db.query("SELECT id, chain, product, quantity, state FROM orders WHERE id = $1", [id]).first
            .flatMap(StoredOrder.init)
    }

    /// The order that a chain was started for.
    static func find(of chain: Chain<ReserveStock>, on db: isolated PostgresConnection) throws -> StoredOrder {
        let rows = try db.query(
            "SELECT id, chain, product, quantity, state FROM orders WHERE chain = $1", [chain.id.rawValue])
        guard let order = rows.first.flatMap(StoredOrder.init) else { throw OrderMissing() }
        return order
    }

    static func setState(_ state: OrderState, of id: UUID, on db: isolated PostgresConnection) throws {
        try db.execute("UPDATE orders SET state = $1 WHERE id = $2", [state.rawValue, id])
    }

    /// What an order costs, in cents.
    static func amount(of id: UUID, on db: isolated PostgresConnection) throws -> Int {
        let rows = try db.query(
            "SELECT quantity * price::bigint AS amount FROM orders JOIN stock USING (product) WHERE id = $1", [id])
        guard let amount = rows.first?.int("amount") else { throw OrderMissing() }
        return amount
    }

    /// - Returns: Whether there was enough.
    static func takeFromStock(_ id: UUID, on db: isolated PostgresConnection) throws -> Bool {
        try db.execute(
            """
            UPDATE stock SET available = available - quantity
            FROM orders WHERE orders.id = $1 AND stock.product = orders.product AND available >= quantity
            """, [id]) == 1
    }

    static func returnToStock(_ id: UUID, on db: isolated PostgresConnection) throws {
        try db.execute(
            """
            UPDATE stock SET available = available + quantity
            FROM orders WHERE orders.id = $1 AND stock.product = orders.product
            """, [id])
    }
}

extension StoredOrder {
    fileprivate init?(_ row: PostgresRow) {
        guard let id = row.uuid("id"), let chain = row.text("chain"), let product = row.text("product"),
            let quantity = row.int("quantity"), let state = row.text("state").flatMap(OrderState.init)
        else { return nil }
        self.init(id: id, chain: JobID(rawValue: chain), product: product, quantity: quantity, state: state)
    }
}

/// A job's order is gone, though nothing here deletes orders.
struct OrderMissing: Error {}
