import Foundation
import Logging
import Queuert
import QueuertPostgres
import Testing

@Suite("Connections to PostgreSQL by TLS, with a password from a file", .timeLimit(.minutes(20)))
struct SecureConnectionTests {
    @Test("a server is trusted by its certificate and name, a user by a password from a file, and errors tell neither")
    func tlsAndPassword() async throws {
        try await withTemporaryFolder { folder in
            try await Self.makeCertificate("server", in: folder)
            try await Self.makeCertificate("other", in: folder)
            // The server reads its key only if nobody else can.
            if geteuid() == 0 { try await runProgram("/bin/chown", ["postgres:", "\(folder)/server.key"]) }
            let options = [
                "ssl=on", "ssl_cert_file=\(folder)/server.crt", "ssl_key_file=\(folder)/server.key",
                "listen_addresses=127.0.0.1",
            ]
            try await Self.withServer(options) { cluster, port in
                let password = "secret-4711"
                try await TestDatabase.withPool(address: "\(cluster.address) port=\(port)") { admin in
                    try await admin.withConnection { db in
                        try db.execute("CREATE ROLE guarded LOGIN PASSWORD '\(password)'")
                        try db.execute("GRANT CREATE ON DATABASE postgres TO guarded")
                        let file = try db.query("SELECT current_setting('hba_file') AS file")[0].text("file") ?? ""
                        try db.execute(
                            """
                            COPY (VALUES ('hostssl all all 127.0.0.1/32 scram-sha-256'), ('local all postgres trust'))
                            TO '\(file)'
                            """)
                        _ = try db.query("SELECT pg_reload_conf()")
                    }
                }
                let (right, wrong) = (
                    try Self.makePasswordFile("right", password, in: folder),
                    try Self.makePasswordFile("wrong", "wrong-4711", in: folder)
                )
                func address(
                    host: String = "localhost", root: String = "server", passwords: String? = nil,
                    mode: String = "verify-full"
                ) -> String {
                    """
                    host=\(host) hostaddr=127.0.0.1 port=\(port) dbname=postgres user=guarded sslmode=\(mode) \
                    sslrootcert=\(folder)/\(root).crt passfile=\(passwords ?? right)
                    """
                }
                try await TestDatabase.withPool(.init(maximumConnections: 4), address: address()) { pool in
                    let isEncrypted = try await pool.read { db in
                        try db.query("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0].bool("ssl")
                    }
                    #expect(isEncrypted == true)
                    try await withQueue(pool) { client, table in
                        let worker = try table.makeWorker(client)
                        async let running: Void = worker.run()
                        try await waitForEnd(try await startOnce(1, client), client)
                        await worker.stop()
                        await running
                    }
                }
                #if CommandLine
                try await Self.migrate(
                    "postgresql://guarded@localhost:\(port)/postgres?sslmode=verify-full&sslrootcert=\(folder)/server.crt",
                    environment: "PGPASSFILE=\(right)")
                #endif
                for refused in [
                    address(host: "elsewhere.example"), address(root: "other"), address(passwords: wrong),
                    address(mode: "disable"),
                ] {
                    let error = await #expect(throws: PostgresError.self) {
                        _ = try await PostgresPool(
                            refused, configuration: .init(acquisitionTimeout: .milliseconds(1)),
                            logger: TestDatabase.quietLogger)
                    }
                    #expect(error?.code == .cannotConnect)
                    #expect(error.map { String(reflecting: $0).contains("4711") } == false)
                }
                // A password that is wrong or missing is told at once: tried again and again, it may lock the user out.
                for passwords in [wrong, "\(folder)/none.pgpass"] {
                    let texts = NotedTexts()
                    let error = await #expect(throws: PostgresError.self) {
                        _ = try await PostgresPool(
                            address(passwords: passwords), logger: Logger(label: "test") { _ in NotedLog(texts: texts) }
                        )
                    }
                    #expect(error?.code == .cannotConnect)
                    #expect(error?.sqlState == (passwords == wrong ? "28P01" : ""))
                    #expect(texts.all.filter { $0.contains("could not be made") }.count == 1)
                }
            }
        }
    }

    #if CommandLine
    /// Makes the queue's tables by the program `queuert`: the environment of this process is all tests'.
    private static func migrate(_ address: String, environment: String) async throws {
        let bundle = try #require(CommandLine.arguments.first.map { URL(fileURLWithPath: $0) })
        let program = bundle.resolvingSymlinksInPath().deletingLastPathComponent().appendingPathComponent("queuert")
        let call = "\(program.path) migrate --schema by_program --database '\(address)'"
        try await runProgram("/bin/sh", ["-c", "env -i \(environment) \(call) > /dev/null"])
    }
    #endif

    /// Makes a certificate that is signed by itself, and its key.
    private static func makeCertificate(_ name: String, in folder: String) async throws {
        try await runProgram(
            "/bin/sh",
            [
                "-c",
                """
                openssl req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -days 2 -subj /CN=localhost \
                -addext subjectAltName=DNS:localhost -keyout \(folder)/\(name).key -out \(folder)/\(name).crt 2>/dev/null \
                && chmod 600 \(folder)/\(name).key
                """,
            ])
    }

    /// Makes a file as PGPASSFILE names one.
    private static func makePasswordFile(_ name: String, _ password: String, in folder: String) throws -> String {
        let path = "\(folder)/\(name).pgpass"
        let isMade = FileManager.default.createFile(
            atPath: path, contents: Data("*:*:*:*:\(password)\n".utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw ScriptFailure(description: "\(path) could not be written") }
        return path
    }

    /// Runs a body with a server on a port of this machine.
    private static func withServer(
        _ options: [String], _ body: @Sendable (TestCluster, UInt16) async throws -> Void
    ) async throws {
        for attempt in 1... {
            let port = try freePort()
            let hasStarted = Locked(false)
            do {
                let all = (options + ["port=\(port)"]).flatMap { ["-c", $0] }
                return try await TestCluster.with(all) { cluster in
                    hasStarted.withLock { $0 = true }
                    try await body(cluster, port)
                }
            } catch is ScriptFailure where attempt < 5 && !hasStarted.withLock({ $0 }) {
                // Somebody else may have taken the port before the server did.
            }
        }
    }

    /// A port of this machine that nobody listens on.
    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        guard status == 0 else { throw ScriptFailure(description: "there is no free port") }
        return UInt16(bigEndian: address.sin_port)
    }
}
