internal import Queuert

/// Whether a pooler such as PgBouncer is between us and the server, as far as that shows.
enum PostgresPooler: Sendable {
    case none
    /// Each of our connections has one of the server's for itself.
    case keepsConnections
    /// The server's connections are shared by transaction.
    case sharesConnections
    /// The connections that are needed to find out could not be made or did not answer.
    case unknown

    /// Finds out by the server's processes: a pooler tells numbers of its own, and one that shares connections lets two of ours
    /// have the same process one after the other.
    static func find(on pool: PostgresPool) async -> PostgresPooler {
        let configuration = Self.configuration(of: pool)
        guard let first = try? PostgresConnection(), let second = try? PostgresConnection() else { return .unknown }
        // Not counted among those of the pool.
        let counter = RoundTripCounter()
        func connect(_ connection: PostgresConnection) async throws {
            try await connection.connect(
                configuration, connectionString: pool.connectionString, counter: counter, logger: pool.logger)
        }
        let pooler: PostgresPooler
        do {
            try await connect(first)
            let process = try await first.process()
            if process.announced == process.actual {
                pooler = .none
            } else {
                try await connect(second)
                pooler = try await find(first, process.actual, second)
            }
        } catch {
            pooler = .unknown
        }
        await first.disconnect()
        await second.disconnect()
        return pooler
    }

    private static func configuration(of pool: PostgresPool) -> PostgresPool.Configuration {
        var configuration = pool.configuration
        configuration.statementCacheLimit = 0
        // With one connection to share, the second of ours waits for the first.
        configuration.answerTimeout = .seconds(2)
        return configuration
    }

    private static func find(
        _ first: PostgresConnection, _ before: Int, _ second: PostgresConnection
    ) async throws -> PostgresPooler {
        let outcome = await second.operationOutsideOfPools { db in
            let session = try db.session
            session.beginForSeveralStatements()
            let other = try db.processID(session)
            if other == before { return PostgresPooler.sharesConnections }
            do {
                let after = try await first.process().actual
                return after == before ? .keepsConnections : .sharesConnections
            } catch let error as PostgresError where error.code == .noAnswer {
                return .sharesConnections
            }
        }
        return try outcome?.result.get() ?? .unknown
    }

    func report(to diagnosis: inout Diagnosis) {
        let word =
            switch self {
            case .none: "none"
            case .keepsConnections: "by session"
            case .sharesConnections: "by transaction"
            case .unknown: "unknown"
            }
        diagnosis.facts.append(DiagnosisFact("pooler", .text(word)))
        switch self {
        case .none: break
        case .keepsConnections:
            diagnosis.findings.append(
                DiagnosisFinding(
                    .note, .pooler, "A pooler is between this machine and the server, and shares nothing of a session.",
                    hint:
                        "Each connection of a pool here holds one of the server's; count them as if it were not there."
                ))
        case .sharesConnections:
            diagnosis.findings.append(
                DiagnosisFinding(
                    .note, .transactionPooler,
                    "A pooler, such as PgBouncer, shares the server's connections by transaction.",
                    hint: """
                        Give `PostgresNotify` the address of the server itself. Set `statementCacheLimit` to 0, unless \
                        the pooler keeps prepared statements (`max_prepared_statements`, PgBouncer 1.21).
                        """))
        case .unknown:
            diagnosis.findings.append(
                DiagnosisFinding(
                    .unknown, .unknownPooler, "Whether there is a pooler between could not be found out.",
                    hint: "Two more connections were needed and could not be had; look at the server's limits."))
        }
    }
}

extension PostgresConnection {
    /// Runs an operation on a connection that no pool has lent, and that is used for itself, therefore.
    fileprivate func operationOutsideOfPools<R: Sendable>(
        _ body: @Sendable (isolated PostgresConnection) async throws -> R
    ) async -> Outcome<R>? {
        await OpenTransactions.withConnection(self, of: self) { await operation(body) }
    }

    private static let processQuery = PostgresQuery("SELECT pg_backend_pid()", isPrepared: false)

    fileprivate func processID(_ session: PostgresSession) throws -> Int {
        Int(try session.run(Self.processQuery).first?.int32(0) ?? 0)
    }

    /// The number of the server's process, as it was told when the connection was made, and as it is.
    fileprivate func process() async throws -> (announced: Int, actual: Int) {
        let outcome = await operationOutsideOfPools { db in
            let session = try db.session
            return (announced: session.handle.announcedProcessID, actual: try db.processID(session))
        }
        guard let outcome else { throw PostgresError.connectionLost() }
        return try outcome.result.get()
    }
}
