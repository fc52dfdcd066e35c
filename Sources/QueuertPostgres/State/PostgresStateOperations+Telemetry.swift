public import Queuert

extension PostgresStateOperations: TelemetryOutboxOperations {
    /// Keeps messages, as part of the open transaction.
    ///
    /// Inside a transaction they go along with the next statement or the commit, and cost no round trip.
    ///
    /// - Parameter messages: The messages.
    /// - Throws: ``PostgresError``.
    public func keepTelemetry(_ messages: [TelemetryMessage]) throws {
        for message in messages {
            var parameters = parametersWithTime()
            parameters.add(message.signal)
            parameters.add(message.encoding)
            parameters.add(Int32(clamping: message.itemCount))
            parameters.add(.bytes) { $0.append(contentsOf: message.bytes) }
            try session.runLater(PostgresCommand(query: statements.telemetry.keep, parameters: parameters))
        }
    }

    /// Makes somebody the one that sends, or leaves them it, unless somebody else is and their time is not over.
    ///
    /// - Parameters:
    ///   - leader: Who asks.
    ///   - duration: For how long, from now on.
    /// - Returns: Whether they are it.
    /// - Throws: ``PostgresError``.
    public func leadTelemetry(_ leader: String, for duration: Duration) throws -> Bool {
        var parameters = parametersWithTime()
        parameters.add(leader)
        parameters.add(duration.postgresMicroseconds)
        return try session.run(statements.telemetry.lead, parameters).first != nil
    }

    /// Leaves the sending to others.
    ///
    /// - Parameter leader: Who was the one that sends.
    /// - Throws: ``PostgresError``.
    public func resignTelemetry(_ leader: String) throws {
        var parameters = PostgresParameters()
        parameters.add(leader)
        _ = try session.run(statements.telemetry.resign, parameters)
    }

    /// Finds the oldest messages of a signal.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - limit: How many at most.
    /// - Returns: The messages, the oldest first.
    /// - Throws: ``PostgresError``.
    public func oldestTelemetry(_ signal: String, limit: Int) throws -> [KeptTelemetry] {
        var parameters = PostgresParameters()
        parameters.add(signal)
        parameters.add(Int64(limit))
        return try session.run(statements.telemetry.oldest, parameters).rows.map { row in
            KeptTelemetry(
                id: row.int64(0),
                message: TelemetryMessage(
                    signal: signal, encoding: row.text(1), bytes: row.binary(3), itemCount: Int(row.int32(2))))
        }
    }

    /// Removes messages; those that are gone already are left out.
    ///
    /// - Parameter ids: The messages.
    /// - Throws: ``PostgresError``.
    public func removeTelemetry(_ ids: [Int64]) throws {
        var parameters = PostgresParameters()
        parameters.add(ids.map { Optional($0) })
        _ = try session.run(statements.telemetry.remove, parameters)
    }

    /// Drops messages of a signal that were kept too long ago.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - age: How old a message may be.
    /// - Returns: How many spans, data points or log records were dropped.
    /// - Throws: ``PostgresError``.
    public func dropTelemetry(_ signal: String, olderThan age: Duration) throws -> Int {
        var parameters = parametersWithTime()
        parameters.add(signal)
        parameters.add(age.postgresMicroseconds)
        return try sum(statements.telemetry.dropOld, parameters)
    }

    /// Drops the oldest messages, as many as it takes for the others to be within a limit.
    ///
    /// - Parameter maximumBytes: The limit.
    /// - Returns: How many spans, data points and log records were dropped.
    /// - Throws: ``PostgresError``.
    public func dropTelemetry(beyond maximumBytes: Int) throws -> Int {
        var parameters = PostgresParameters()
        parameters.add(Int64(maximumBytes))
        return try sum(statements.telemetry.dropBeyond, parameters)
    }

    /// Finds out how much is kept.
    ///
    /// - Returns: The sum of all messages.
    /// - Throws: ``PostgresError``.
    public func telemetryTotal() throws -> TelemetryTotal {
        let row = try session.run(statements.telemetry.total)[0]
        return TelemetryTotal(items: Int(row.int64(0)), bytes: Int(row.int64(1)))
    }

    private func sum(_ query: PostgresQuery, _ parameters: PostgresParameters) throws -> Int {
        try session.run(query, parameters).rows.reduce(0) { $0 + Int($1.int32(0)) }
    }
}
