import Queuert
import QueuertSQLite

enum WriteInvoice: EntryJobType {
    static let name = "write-invoice"
    struct Input: Codable, Sendable { var amount: Int }
    typealias Output = String
    typealias Ending = NeverEnds
    struct Next: Continuations { let mail = To<MailInvoice>() }
}
enum MailInvoice: JobType {
    static let name = "mail-invoice"
    struct Input: Codable, Sendable { var number: Int }
    typealias Output = String
}

enum Invoicing {
    /// The mail server does not answer.
    struct MailServerIsDown: Error {}

    static func worker(_ client: Client<SQLiteStateAdapter>, journal: Journal) throws -> Worker<SQLiteStateAdapter> {
        // The outermost first. Handlers are given what each yields, with its type.
        let stack = Middleware(journal, Tenancy(pool: client.adapter.pool))
        let processors: [Processor<SQLiteStateAdapter>] = [
            stack.atomic(WriteInvoice.self) { job, context, db in
                let (entry, tenant) = context.values
                let rows = try db.query(
                    "INSERT INTO invoices (tenant, amount) VALUES (?, ?) RETURNING number",
                    [tenant.name, job.input.amount])
                let number = rows.first?.int("number") ?? 0
                entry.add("wrote invoice \(number)")
                return .continueWith(\.mail, input: .init(number: number))
            },
            stack.detached(MailInvoice.self, backoff: Backoff(initial: .milliseconds(10))) { job, context in
                let (entry, tenant) = context.values
                if job.attempt == 1 { throw MailServerIsDown() }
                entry.add("mailed invoice \(job.input.number)")
                return .finish("invoice \(job.input.number) of \(tenant.name), in \(tenant.currency)")
            },
        ]
        // A processor that somebody adds without the tenant is refused when the program starts.
        return try Worker(client: client, processors: processors, requiring: [Tenancy.self])
    }

    /// Starts a chain, and writes down whose it is, in one transaction.
    static func start(
        amount: Int, for tenant: String, _ client: Client<SQLiteStateAdapter>
    ) async throws -> Chain<WriteInvoice> {
        try await client.withTransaction { db in
            let chain = try await client.startJobChain(WriteInvoice.self, input: .init(amount: amount), on: db)
            try db.execute("INSERT INTO chain_tenants VALUES (?, ?)", [chain.id.rawValue, tenant])
            return chain
        }
    }

    static func run(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        let bakery = try await start(amount: 12, for: "the bakery", client)
        _ = try await client.awaitJobChain(bakery)
        let garage = try await start(amount: 800, for: "the garage", client)
        return [
            "mailed: \(try await client.awaitJobChain(bakery).output)",
            "mailed: \(try await client.awaitJobChain(garage).output)",
        ]
    }

    /// The program's own tables, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE TABLE tenants (name TEXT PRIMARY KEY, currency TEXT NOT NULL);
                CREATE TABLE chain_tenants (chain TEXT PRIMARY KEY, tenant TEXT NOT NULL REFERENCES tenants (name));
                CREATE TABLE invoices (number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, amount INTEGER NOT NULL);
                INSERT INTO tenants VALUES ('the bakery', 'EUR'), ('the garage', 'NOK');
                """)
        }
    }
}
