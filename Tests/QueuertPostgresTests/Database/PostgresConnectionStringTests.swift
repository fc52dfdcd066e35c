import QueuertPostgres
import Testing

@Suite("Connection strings") struct PostgresConnectionStringTests {
    @Test(
        "tell the name of their database, as libpq reads them, if they say it",
        arguments: [
            ("postgresql://localhost/shop", "shop"),
            ("postgres://user:secret@one:1,two:2/shop?sslmode=require", "shop"),
            ("host=/var/run dbname='my shop'", "my shop"), ("dbname=shop", "shop"), ("postgresql://localhost", nil),
            ("postgresql://localhost/", nil), ("host=localhost", nil), ("", nil), ("no connection string", nil),
        ] as [(String, String?)])
    func databaseName(_ connectionString: String, _ name: String?) {
        #expect(PostgresConnectionString.databaseName(in: connectionString) == name)
    }
}
