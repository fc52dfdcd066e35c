import Queuert
import QueuertSQLite

/// A web shop, whose chains have the four shapes.
enum Shop {
    /// All processors: each file lists those of its chain.
    static let processors = SignUp.processors + Returns.processors + Import.processors + Article.processors

    /// The shop's own tables, in the same database as the queue's.
    static func createTables(in pool: SQLitePool) async throws {
        try await pool.write { db in
            try db.executeScript(
                """
                CREATE TABLE accounts (name TEXT PRIMARY KEY, trial_days INTEGER, is_welcomed INTEGER NOT NULL DEFAULT 0);
                CREATE TABLE payments (item INTEGER PRIMARY KEY, cents INTEGER NOT NULL);
                CREATE TABLE products (name TEXT PRIMARY KEY);
                CREATE TABLE articles (title TEXT PRIMARY KEY, text TEXT NOT NULL);
                """)
        }
    }

    /// Starts chains of each shape, all at once, and waits for their outputs.
    static func run(_ client: Client<SQLiteStateAdapter>) async throws -> [String] {
        let signUp = try await client.startJobChain(CreateAccount.self, input: "Alice")
        let returns = try await client.startJobChains([
            NewChain(CheckReturn.self, input: .init(item: 1, cents: 4_900, isDamaged: false, daysAgo: 3)),
            NewChain(CheckReturn.self, input: .init(item: 2, cents: 900, isDamaged: true, daysAgo: 10)),
            NewChain(CheckReturn.self, input: .init(item: 3, cents: 2_500, isDamaged: false, daysAgo: 90)),
        ])
        let catalogue = try await client.startJobChain(ImportPage.self, input: .init())
        let article = try await client.startJobChain(
            WriteDraft.self, input: .init(title: "Spring sale", notes: "everything must go"))

        var lines: [String] = []
        lines.append("linear: \(try await client.awaitJobChain(signUp).output)")
        for chain in returns {
            lines.append("branched: \(try await client.awaitJobChain(chain).output.sentence)")
        }
        lines.append("loop: \(try await client.awaitJobChain(catalogue).output) products were imported")
        lines.append("go-to: published after \(try await client.awaitJobChain(article).output) drafts")
        return lines
    }
}
