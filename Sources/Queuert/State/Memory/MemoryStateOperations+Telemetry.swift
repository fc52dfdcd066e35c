extension MemoryStateOperations: TelemetryOutboxOperations {
    /// Keeps messages, as part of the open transaction.
    ///
    /// - Parameter messages: The messages.
    /// - Throws: Never.
    public func keepTelemetry(_ messages: [TelemetryMessage]) throws {
        for message in messages { store.keep(message, at: now) }
    }

    /// Makes somebody the one that sends, or leaves them it, unless somebody else is and their time is not over.
    ///
    /// - Parameters:
    ///   - leader: Who asks.
    ///   - duration: For how long, from now on.
    /// - Returns: Whether they are it.
    /// - Throws: Never.
    public func leadTelemetry(_ leader: String, for duration: Duration) throws -> Bool {
        let end = now + duration
        // A lease that goes beyond one that begins now is from before the clock was set back.
        if let current = store.telemetryLeader, current.name != leader, current.until > now, current.until <= end {
            return false
        }
        store.setTelemetryLeader(TelemetryLeader(name: leader, until: end))
        return true
    }

    /// Leaves the sending to others.
    ///
    /// - Parameter leader: Who was the one that sends.
    /// - Throws: Never.
    public func resignTelemetry(_ leader: String) throws {
        if store.telemetryLeader?.name == leader { store.setTelemetryLeader(nil) }
    }

    /// Finds the oldest messages of a signal.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - limit: How many at most.
    /// - Returns: The messages, the oldest first.
    /// - Throws: Never.
    public func oldestTelemetry(_ signal: String, limit: Int) throws -> [KeptTelemetry] {
        Array(store.telemetry.lazy.map(\.kept).filter { $0.message.signal == signal }.prefix(limit))
    }

    /// Removes messages; those that are gone already are left out.
    ///
    /// - Parameter ids: The messages.
    /// - Throws: Never.
    public func removeTelemetry(_ ids: [Int64]) throws {
        let ids = Set(ids)
        _ = store.removeTelemetry { ids.contains($0.kept.id) }
    }

    /// Drops messages of a signal that were kept too long ago.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - age: How old a message may be.
    /// - Returns: How many spans, data points or log records were dropped.
    /// - Throws: Never.
    public func dropTelemetry(_ signal: String, olderThan age: Duration) throws -> Int {
        let oldest = now + (.zero - age)
        return store.removeTelemetry { $0.kept.message.signal == signal && $0.keptAt < oldest }
    }

    /// Drops the oldest messages, as many as it takes for the others to be within a limit.
    ///
    /// - Parameter maximumBytes: The limit.
    /// - Returns: How many spans, data points and log records were dropped.
    /// - Throws: Never.
    public func dropTelemetry(beyond maximumBytes: Int) throws -> Int {
        var bytes = 0
        let lastDropped = store.telemetry.last { message in
            bytes += message.kept.message.bytes.count
            return bytes > maximumBytes
        }
        guard let lastDropped else { return 0 }
        return store.removeTelemetry { $0.kept.id <= lastDropped.kept.id }
    }

    /// Finds out how much is kept.
    ///
    /// - Returns: The sum of all messages.
    /// - Throws: Never.
    public func telemetryTotal() throws -> TelemetryTotal {
        store.telemetry.reduce(into: TelemetryTotal()) { total, message in
            total.items += message.kept.message.itemCount
            total.bytes += message.kept.message.bytes.count
        }
    }
}
