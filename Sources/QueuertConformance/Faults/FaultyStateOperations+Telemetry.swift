public import Queuert

extension FaultyStateOperations: TelemetryOutboxOperations where Base: TelemetryOutboxOperations {
    /// Keeps messages, as part of the open transaction.
    ///
    /// - Parameter messages: The messages.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func keepTelemetry(_ messages: [TelemetryMessage]) throws {
        try faults.pass(.keepTelemetry)
        try base.keepTelemetry(messages)
    }

    /// Runs a body, as the wrapped adapter does.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or what the wrapped adapter throws.
    public func whole<R>(_ body: () throws -> R) throws -> R { try base.whole(body) }

    /// Makes somebody the one that sends, or leaves them it, unless somebody else is and their time is not over.
    ///
    /// - Parameters:
    ///   - leader: Who asks.
    ///   - duration: For how long, from now on.
    /// - Returns: Whether they are it.
    /// - Throws: What the wrapped adapter throws.
    public func leadTelemetry(_ leader: String, for duration: Duration) throws -> Bool {
        try base.leadTelemetry(leader, for: duration)
    }

    /// Leaves the sending to others.
    ///
    /// - Parameter leader: Who was the one that sends.
    /// - Throws: What the wrapped adapter throws.
    public func resignTelemetry(_ leader: String) throws { try base.resignTelemetry(leader) }

    /// Finds the oldest messages of a signal.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - limit: How many at most.
    /// - Returns: The messages, the oldest first.
    /// - Throws: What the wrapped adapter throws.
    public func oldestTelemetry(_ signal: String, limit: Int) throws -> [KeptTelemetry] {
        try base.oldestTelemetry(signal, limit: limit)
    }

    /// Removes messages; those that are gone already are left out.
    ///
    /// - Parameter ids: The messages.
    /// - Throws: What the wrapped adapter throws.
    public func removeTelemetry(_ ids: [Int64]) throws { try base.removeTelemetry(ids) }

    /// Drops messages of a signal that were kept too long ago.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - age: How old a message may be.
    /// - Returns: How many spans, data points or log records were dropped.
    /// - Throws: What the wrapped adapter throws.
    public func dropTelemetry(_ signal: String, olderThan age: Duration) throws -> Int {
        try base.dropTelemetry(signal, olderThan: age)
    }

    /// Drops the oldest messages, as many as it takes for the others to be within a limit.
    ///
    /// - Parameter maximumBytes: The limit.
    /// - Returns: How many spans, data points and log records were dropped.
    /// - Throws: What the wrapped adapter throws.
    public func dropTelemetry(beyond maximumBytes: Int) throws -> Int {
        try base.dropTelemetry(beyond: maximumBytes)
    }

    /// Finds out how much is kept.
    ///
    /// - Returns: The sum of all messages.
    /// - Throws: What the wrapped adapter throws.
    public func telemetryTotal() throws -> TelemetryTotal { try base.telemetryTotal() }
}
