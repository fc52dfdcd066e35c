import Queuert
import QueuertSQLite

/// A customer of the program, who has invoices of their own.
struct Tenant: Sendable, Equatable {
    var name: String
    var currency: String
}

/// Finds out whose job it is, and gives it to the handler.
///
/// Inputs need not say it: whose a chain is, is written in the transaction that starts it.
struct Tenancy: AttemptMiddleware {
    /// A chain that was started without saying whose it is.
    struct UnknownTenant: Error {}

    let pool: SQLitePool

    func handle(_ attempt: AttemptDetails, _ next: MiddlewareNext<Tenant>) async throws {
        guard let chain = attempt.jobs.first?.chainID else { throw UnknownTenant() }
        let tenant = try await pool.read { db in
            try db.query(
                "SELECT name, currency FROM tenants JOIN chain_tenants ON name = tenant WHERE chain = ?",
                [chain.rawValue]
            ).first.map { Tenant(name: $0.text("name") ?? "", currency: $0.text("currency") ?? "") }
        }
        guard let tenant else { throw UnknownTenant() }
        try await next(tenant)
    }
}
