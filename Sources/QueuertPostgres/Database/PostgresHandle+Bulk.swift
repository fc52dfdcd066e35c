internal import CLibPQ

/// What can't go through a pipeline.
extension PostgresHandle {
    /// Runs several statements without parameters, in one transaction unless they say otherwise.
    ///
    /// - Returns: What the server calls what each did, up to the first that failed, and why that did.
    func run(script: String) throws -> (tags: [String], failure: PostgresError?) {
        try withoutPipeline {
            countRoundTrip()
            trace?(script)
            guard handOver(script.utf8.count, { PQsendQuery(connection, script) }) == 1 else { throw lost() }
            var firstFailure: PostgresError?
            var tags: [String] = []
            while let result = try nextResult() {
                defer { PQclear(result) }
                switch PQresultStatus(result) {
                case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
                    tags.append(String(cString: PQcmdStatus(result)))
                case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                    throw refuseCopy()
                default:
                    let message = PostgresError.ServerMessage(result)
                    let error = message.sqlState.isEmpty ? lost(sql: script) : PostgresError(message, sql: script)
                    if error.isFatal { failure = error }
                    firstFailure = firstFailure ?? error
                    if failure != nil { throw error }
                }
            }
            return (tags, firstFailure)
        }
    }

    /// A statement that begins to copy would wait for data that never comes.
    func refuseCopy() -> PostgresError {
        let error = PostgresError(
            code: .unsupported, reason: "a statement was to COPY from or to the client",
            hint: "Insert rows with `unnest` of arrays, and read them by a query; the connection is given up.")
        failure = error
        return error
    }

    /// Writes rows in COPY's binary format.
    ///
    /// - Parameters:
    ///   - sql: The statement.
    ///   - body: Sends the parts, one after the other; what it throws must come from that.
    /// - Throws: ``PostgresError``, and nothing is written.
    func copy(_ sql: String, _ body: (_ send: ([UInt8]) throws -> Void) throws -> Void) throws {
        try withoutPipeline {
            countRoundTrip()
            trace?(sql)
            guard PQsendQuery(connection, sql) == 1 else { throw lost() }
            guard let start = try nextResult() else { throw lost(sql: sql) }
            let status = PQresultStatus(start)
            if status != PGRES_COPY_IN {
                let message = PostgresError.ServerMessage(start)
                PQclear(start)
                while let more = try nextResult() { PQclear(more) }
                throw message.sqlState.isEmpty ? lost(sql: sql) : PostgresError(message, sql: sql)
            }
            PQclear(start)
            try body { part in
                try part.withUnsafeBytes { buffer in
                    var place = 0
                    while place < buffer.count {
                        let count = min(1 << 20, buffer.count - place)
                        let base = (buffer.baseAddress.map { $0 + place })?.assumingMemoryBound(to: CChar.self)
                        guard PQputCopyData(connection, base, Int32(count)) == 1 else { throw lost(sql: sql) }
                        try finishSending()
                        place += count
                    }
                }
            }
            guard PQputCopyEnd(connection, nil) == 1 else { throw lost(sql: sql) }
            var firstFailure: PostgresError?
            while let result = try nextResult() {
                defer { PQclear(result) }
                if PQresultStatus(result) == PGRES_COMMAND_OK { continue }
                let message = PostgresError.ServerMessage(result)
                takenKey = message.takenKey
                firstFailure = message.sqlState.isEmpty ? lost(sql: sql) : PostgresError(message, sql: sql)
            }
            if let firstFailure { throw firstFailure }
        }
    }

    private func withoutPipeline<R>(_ body: () throws -> R) throws -> R {
        if let failure { throw failure }
        guard PQexitPipelineMode(connection) == 1 else { throw lost() }
        defer { if failure == nil, PQenterPipelineMode(connection) != 1 { _ = lost() } }
        return try body()
    }
}
