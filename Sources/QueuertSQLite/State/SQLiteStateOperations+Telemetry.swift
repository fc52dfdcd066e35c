public import Queuert

extension SQLiteStateOperations: TelemetryOutboxOperations {
    /// Keeps messages, as part of the open transaction.
    ///
    /// - Parameter messages: The messages.
    /// - Throws: ``SQLiteError``.
    public func keepTelemetry(_ messages: [TelemetryMessage]) throws {
        let now = clock.now
        for message in messages {
            try connection.run(
                statements.telemetry.keep,
                [
                    .text(message.signal), .text(message.encoding), .integer(Int64(message.itemCount)),
                    SQLiteValue(now),
                    .blob(message.bytes),
                ])
        }
    }

    /// Runs a body, and undoes what it wrote if it throws, though the transaction goes on.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or ``SQLiteError``.
    public func whole<R>(_ body: () throws -> R) throws -> R { try connection.whole(body) }

    /// Makes somebody the one that sends, or leaves them it, unless somebody else is and their time is not over.
    ///
    /// - Parameters:
    ///   - leader: Who asks.
    ///   - duration: For how long, from now on.
    /// - Returns: Whether they are it.
    /// - Throws: ``SQLiteError``.
    public func leadTelemetry(_ leader: String, for duration: Duration) throws -> Bool {
        let now = clock.now
        return try connection.run(
            statements.telemetry.lead, [.text(leader), SQLiteValue(now), SQLiteValue(now + duration)]) == 1
    }

    /// Leaves the sending to others.
    ///
    /// - Parameter leader: Who was the one that sends.
    /// - Throws: ``SQLiteError``.
    public func resignTelemetry(_ leader: String) throws {
        try connection.run(statements.telemetry.resign, [.text(leader)])
    }

    /// Finds the oldest messages of a signal.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - limit: How many at most.
    /// - Returns: The messages, the oldest first.
    /// - Throws: ``SQLiteError``.
    public func oldestTelemetry(_ signal: String, limit: Int) throws -> [KeptTelemetry] {
        try connection.all(statements.telemetry.oldest, [.text(signal), .integer(Int64(limit))]) { row in
            var bytes: [UInt8] = []
            if case .blob(let blob) = row.value(3) { bytes = blob }
            return KeptTelemetry(
                id: row.int64(0),
                message: TelemetryMessage(
                    signal: signal, encoding: row.text(1), bytes: bytes, itemCount: Int(row.int64(2))))
        }
    }

    /// Removes messages; those that are gone already are left out.
    ///
    /// - Parameter ids: The messages.
    /// - Throws: ``SQLiteError``.
    public func removeTelemetry(_ ids: [Int64]) throws {
        for id in ids { try connection.run(statements.telemetry.remove, [.integer(id)]) }
    }

    /// Drops messages of a signal that were kept too long ago.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - age: How old a message may be.
    /// - Returns: How many spans, data points or log records were dropped.
    /// - Throws: ``SQLiteError``.
    public func dropTelemetry(_ signal: String, olderThan age: Duration) throws -> Int {
        try sum(statements.telemetry.dropOld, [.text(signal), SQLiteValue(clock.now + (.zero - age))])
    }

    /// Drops the oldest messages, as many as it takes for the others to be within a limit.
    ///
    /// - Parameter maximumBytes: The limit.
    /// - Returns: How many spans, data points and log records were dropped.
    /// - Throws: ``SQLiteError``.
    public func dropTelemetry(beyond maximumBytes: Int) throws -> Int {
        try sum(statements.telemetry.dropBeyond, [.integer(Int64(maximumBytes))])
    }

    /// Finds out how much is kept.
    ///
    /// - Returns: The sum of all messages.
    /// - Throws: ``SQLiteError``.
    public func telemetryTotal() throws -> TelemetryTotal {
        try connection.first(statements.telemetry.total, []) { row in
            TelemetryTotal(items: Int(row.int64(0)), bytes: Int(row.int64(1)))
        } ?? TelemetryTotal()
    }

    private func sum(_ query: SQLiteQuery, _ values: [SQLiteValue]) throws -> Int {
        try connection.all(query, values) { Int($0.int64(0)) }.reduce(0, +)
    }
}
