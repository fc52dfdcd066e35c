public import Queuert

/// Makes state adapters for ``StateConformance``; an adapter's author implements it.
public protocol StateAdapterUnderTest: Sendable {
    /// The type of the adapter.
    associatedtype Adapter: StateAdapter

    /// Whether identifiers may be any text; otherwise they are UUIDs, and others are refused.
    var takesAnyIdentifier: Bool { get }

    /// Whether two transactions that write may be open at the same time; otherwise one waits for the other.
    ///
    /// False by default. Where it is true, a handler that has its transaction open must not keep others from its chain.
    var allowsConcurrentWrites: Bool { get }

    /// Makes the identifiers of jobs: each sorts, byte by byte, after those before it.
    ///
    /// UUIDs of version 7 by default. An adapter that stores identifiers in columns of other types runs the cases with each.
    var identifiers: any JobIDGenerator { get }

    /// Runs a body with an adapter on an empty database, and removes the database afterwards.
    ///
    /// Called once for each case, also for several at the same time: the databases have nothing in common.
    ///
    /// - Parameters:
    ///   - clock: The time of day of the database.
    ///   - body: What to run.
    /// - Throws: What the body throws, or an error of the database.
    func withAdapter(clock: ManualClock, _ body: @Sendable (Adapter) async throws -> Void) async throws

    /// Marks a job as blocked that waits for nothing, with a statement of its own, as who changes rows by hand might.
    ///
    /// By default it doesn't. Then it is not tested that workers find such a job, for no operation makes one.
    ///
    /// - Parameters:
    ///   - jobID: The job, which has not ended and which no worker has.
    ///   - adapter: The adapter.
    /// - Returns: Whether it did.
    /// - Throws: An error of the database.
    func markAsBlocked(_ jobID: JobID, in adapter: Adapter) async throws -> Bool

    /// Runs a statement that the database refuses, on a connection whose transaction is open, as users may.
    ///
    /// By default it runs none. Then it is not tested that a savepoint keeps such a failure from the rest of the
    /// transaction: some databases refuse all that follows it.
    ///
    /// - Parameter connection: The connection.
    /// - Throws: What the database says.
    func failStatement(on connection: isolated Adapter.Connection) throws
}

extension StateAdapterUnderTest {
    /// Identifiers may be any text.
    public var takesAnyIdentifier: Bool { true }

    /// One transaction writes at a time.
    public var allowsConcurrentWrites: Bool { false }

    /// Makes UUIDs of version 7, the same ones for each case.
    public var identifiers: any JobIDGenerator { UUIDv7Generator(seed: 1) }

    /// Changes nothing.
    ///
    /// - Parameters:
    ///   - jobID: The job.
    ///   - adapter: The adapter.
    /// - Returns: Always false.
    public func markAsBlocked(_ jobID: JobID, in adapter: Adapter) async -> Bool { false }

    /// Runs nothing.
    ///
    /// - Parameter connection: The connection.
    public func failStatement(on connection: isolated Adapter.Connection) {}
}
