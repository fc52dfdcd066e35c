/// What an observability adapter has written and wants to reach its receiver: opaque to the core and to state adapters.
public struct TelemetryMessage: Sendable, Hashable {
    /// What it carries, by which it is looked for.
    public var signal: String
    /// What it is written in.
    public var encoding: String
    /// The message.
    public var bytes: [UInt8]
    /// How many spans, data points or log records it holds.
    public var itemCount: Int
    /// What its maker wants to have again once it is committed; no database keeps it.
    public var note = Note()

    /// Something beside a message, of which it makes no difference to the message what it is.
    public struct Note: Sendable, Hashable {
        /// What it is.
        public var value: (any Sendable)?

        /// Makes a note.
        ///
        /// - Parameter value: What it is.
        public init(_ value: (any Sendable)? = nil) { self.value = value }

        /// Yes: all notes are alike.
        ///
        /// - Parameters:
        ///   - left: Not looked at.
        ///   - right: Not looked at.
        /// - Returns: `true`.
        public static func == (left: Note, right: Note) -> Bool { true }

        /// Hashes nothing.
        ///
        /// - Parameter hasher: Not used.
        public func hash(into hasher: inout Hasher) {}
    }

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - signal: What it carries.
    ///   - encoding: What it is written in.
    ///   - bytes: The message.
    ///   - itemCount: How many spans, data points or log records it holds.
    public init(signal: String, encoding: String, bytes: [UInt8], itemCount: Int) {
        self.signal = signal
        self.encoding = encoding
        self.bytes = bytes
        self.itemCount = itemCount
    }
}

/// A message in the outbox.
public struct KeptTelemetry: Sendable, Hashable {
    /// By which the message is removed.
    public var id: Int64
    /// The message.
    public var message: TelemetryMessage

    /// Makes a message of the outbox.
    ///
    /// - Parameters:
    ///   - id: By which the message is removed.
    ///   - message: The message.
    public init(id: Int64, message: TelemetryMessage) {
        self.id = id
        self.message = message
    }
}

/// How much is in the outbox.
public struct TelemetryTotal: Sendable, Hashable {
    /// How many spans, data points and log records.
    public var items: Int
    /// How many bytes of messages.
    public var bytes: Int

    /// Makes a sum.
    ///
    /// - Parameters:
    ///   - items: How many spans, data points and log records.
    ///   - bytes: How many bytes of messages.
    public init(items: Int = 0, bytes: Int = 0) {
        self.items = items
        self.bytes = bytes
    }
}

/// The statements of a database that keeps telemetry beside its jobs, until a receiver has taken it.
///
/// What is kept in a transaction is there if and only if that is committed. One process sends for all.
public protocol TelemetryOutboxOperations: StateOperations {
    /// Keeps messages, as part of the open transaction.
    ///
    /// - Parameter messages: The messages.
    /// - Throws: An error of the database.
    func keepTelemetry(_ messages: [TelemetryMessage]) throws

    /// Runs a body that writes, and keeps telemetry of that.
    ///
    /// If it throws, what it wrote is undone, though the transaction goes on.
    ///
    /// By default nothing is undone, which will do where a transaction can't go on after a statement that failed.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws, or an error of the database.
    func whole<R>(_ body: () throws -> R) throws -> R

    /// Makes somebody the one that sends, or leaves them it, unless somebody else is and their time is not over.
    ///
    /// All who share a database ask for the same duration. So somebody whose time goes on for longer than that has it
    /// from before the clock was set back, and is not waited for.
    ///
    /// - Parameters:
    ///   - leader: Who asks; no other has the name.
    ///   - duration: For how long, from now on.
    /// - Returns: Whether they are it.
    /// - Throws: An error of the database.
    func leadTelemetry(_ leader: String, for duration: Duration) throws -> Bool

    /// Leaves the sending to others.
    ///
    /// - Parameter leader: Who was the one that sends; others are not touched.
    /// - Throws: An error of the database.
    func resignTelemetry(_ leader: String) throws

    /// Finds the oldest messages of a signal.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - limit: How many at most.
    /// - Returns: The messages, the oldest first.
    /// - Throws: An error of the database.
    func oldestTelemetry(_ signal: String, limit: Int) throws -> [KeptTelemetry]

    /// Removes messages; those that are gone already are left out.
    ///
    /// - Parameter ids: The messages.
    /// - Throws: An error of the database.
    func removeTelemetry(_ ids: [Int64]) throws

    /// Drops messages of a signal that were kept too long ago.
    ///
    /// - Parameters:
    ///   - signal: The signal.
    ///   - age: How old a message may be, by the database's clock.
    /// - Returns: How many spans, data points or log records were dropped.
    /// - Throws: An error of the database.
    func dropTelemetry(_ signal: String, olderThan age: Duration) throws -> Int

    /// Drops the oldest messages, as many as it takes for the others to be within a limit.
    ///
    /// - Parameter maximumBytes: The limit.
    /// - Returns: How many spans, data points and log records were dropped.
    /// - Throws: An error of the database.
    func dropTelemetry(beyond maximumBytes: Int) throws -> Int

    /// Finds out how much is kept.
    ///
    /// - Returns: The sum of all messages.
    /// - Throws: An error of the database.
    func telemetryTotal() throws -> TelemetryTotal
}

extension TelemetryOutboxOperations {
    /// Runs a body, and undoes nothing.
    ///
    /// - Parameter body: What to run.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func whole<R>(_ body: () throws -> R) throws -> R { try body() }
}
