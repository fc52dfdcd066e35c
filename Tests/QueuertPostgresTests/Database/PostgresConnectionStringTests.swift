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

    @Test(
        "tell the host and the port of their server, unless it is a socket of this machine or one of several hosts",
        arguments: [
            ("postgresql://db.example/shop", "db.example", nil),
            ("postgresql://db.example:5433/shop", "db.example", 5433),
            ("host=db.example port=5433", "db.example", 5433), ("hostaddr=10.0.0.7 dbname=shop", "10.0.0.7", nil),
            ("host=db.example hostaddr=10.0.0.7", "db.example", nil), ("host=/var/run port=5433", nil, nil),
            ("host=@socket", nil, nil), ("postgres://user:secret@one:1,two:2/shop", nil, nil),
            ("dbname=shop", nil, nil),
            ("", nil, nil), ("no connection string", nil, nil),
        ] as [(String, String?, Int?)])
    func server(_ connectionString: String, _ address: String?, _ port: Int?) {
        let server = PostgresConnectionString.server(in: connectionString)
        #expect(server?.address == address && server?.port == port)
    }

    @Test(
        "may hold a password, also where a mistake hides it",
        arguments: [
            ("postgresql://app:secret@host/shop", true), ("postgresql://app:se@cret@host/shop", true),
            ("postgresql://app:se/cret@host/shop", true), ("postgres://app:se\ncret@host/shop", true),
            ("postgress://app:secret@host/shop", true), ("app:secret@host/shop", true),
            ("host=db.example password=secret", true), ("postgresql://db.example/shop?sslpassword=secret", true),
            ("postgresql://app@db.example:5433/shop", false), ("postgresql://app@[::1]:5433/shop", false),
            ("host=db.example user=app@example", false), ("shop", false), ("", false),
        ])
    func password(_ connectionString: String, _ mayHold: Bool) {
        #expect(PostgresConnectionString.mayHoldPassword(connectionString) == mayHold)
    }

    @Test(
        "can't be read, which the name of a database by itself can",
        arguments: [
            ("postgresql://app:p%ssw0rd@host/shop", true), ("password=my secret host=db.example", true),
            ("hots=db.example", true), ("postgresql://host/shop?wrong=1", true), ("postgresql://app@host/shop", false),
            ("host=db.example dbname='my shop'", false), ("shop", false), ("my shop", false), ("", false),
        ])
    func malformed(_ connectionString: String, _ isMalformed: Bool) {
        #expect(PostgresConnectionString.isMalformed(connectionString) == isMalformed)
    }
}
