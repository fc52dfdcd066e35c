import Testing

@testable import QueuertPostgres

@Suite("What scripts do to transactions") struct PostgresStatementKindTests {
    @Test(
        "a statement that ends a transaction and begins the next is found wherever it is",
        arguments: [
            "ROLLBACK AND CHAIN", "commit and chain;", "SELECT 1; END WORK AND CHAIN; SELECT 2",
            "SELECT 'it''s; '; ABORT TRANSACTION AND CHAIN", "SELECT E'\\'' || e'a''\\'; '; ROLLBACK AND CHAIN",
            "SELECT 'a\\'; ROLLBACK AND CHAIN", "SELECT \"a\"\"';\" FROM t;;/* ; /* */ */ROLLBACK/**/AND--\nCHAIN",
            "DO $$ BEGIN NULL; END $$; ROLLBACK AND CHAIN", "SELECT $a$ $b$ $$ $a$; ROLLBACK AND CHAIN",
            "SELECT a$b$c FROM t; ROLLBACK AND CHAIN", "SELECT $1; ROLLBACK AND CHAIN; SELECT $1",
            "SELECT 1 --'\n; ROLLBACK AND CHAIN",
        ])
    func chained(_ script: String) { #expect(PostgresStatementKind.isChained(script)) }

    @Test(
        "its words in another statement, a comment or quotes are not taken for it",
        arguments: [
            "", ";", "ROLLBACK", "ROLLBACK AND NO CHAIN", "ROLLBACK TO mine; SELECT 1", "COMMIT; BEGIN",
            "SELECT true AND chain FROM t", "SELECT '; ROLLBACK AND CHAIN'", "SELECT E'\\'; ROLLBACK AND CHAIN'",
            "SELECT \"; ROLLBACK AND CHAIN\" FROM t", "-- ; ROLLBACK AND CHAIN", "/* /* */ ; ROLLBACK AND CHAIN */",
            "DO $$ BEGIN; ROLLBACK AND CHAIN; END $$", "SELECT $a$ $$; ROLLBACK AND CHAIN; $$ $b$ $a$",
            "SELECT 'never closed; ROLLBACK AND CHAIN", "SELECT $a$ never closed; ROLLBACK AND CHAIN",
        ])
    func other(_ script: String) { #expect(!PostgresStatementKind.isChained(script)) }
}
