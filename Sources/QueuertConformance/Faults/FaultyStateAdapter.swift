public import Queuert

/// A state adapter that counts what is asked of it, and fails, pauses or loses replies where a test says so.
///
/// ```swift
/// let adapter = FaultyStateAdapter(MemoryStateAdapter())
/// adapter.faults.fail(.claimJobs, times: 3)
/// ```
public struct FaultyStateAdapter<Base: StateAdapter>: StateAdapter {
    /// What fails or pauses, and what was counted.
    public let faults: Faults
    private let base: Base
    private let calls = Locked(0)

    /// Whether a transaction or a read is under way.
    var isBusy: Bool { calls.withLock { $0 > 0 } }

    /// Wraps an adapter, without a fault so far.
    ///
    /// - Parameter base: The adapter that does the work.
    public init(_ base: Base) {
        self.base = base
        faults = Faults()
    }

    /// The wrapped adapter's database.
    public var databaseIdentity: DatabaseIdentity? { base.databaseIdentity }

    /// Runs a body in one transaction of the wrapped adapter.
    ///
    /// - Parameter body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func withTransaction<R: Sendable>(
        _ body: @Sendable (isolated Base.Connection) async throws -> R
    ) async throws -> R {
        try faults.pass(.begin)
        let fault = faults.nextFault()
        if fault == .begin { throw InjectedFault(place: .begin) }
        calls.withLock { $0 += 1 }
        defer { calls.withLock { $0 -= 1 } }
        return try await VisitedPlaces.$current.withValue(VisitedPlaces(fault: fault)) {
            let value = try await base.withTransaction { connection in
                let value = try await body(connection)
                if let held = faults.takeHold() { try await held.pause() }
                try faults.passCommit()
                return value
            }
            try faults.passReply()
            return value
        }
    }

    /// Runs a body that calls one operation of the wrapped adapter.
    ///
    /// - Parameters:
    ///   - purpose: What the operation is for.
    ///   - body: What to run, on the connection.
    /// - Returns: What the body returns.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func withOperation<R: Sendable>(
        _ purpose: OperationPurpose, _ body: @Sendable (isolated Base.Connection) async throws -> R
    ) async throws -> R {
        // Only a transaction has a commit that can fail or pause.
        if faults.concernCommits { return try await withTransaction(body) }
        try faults.pass(.begin)
        calls.withLock { $0 += 1 }
        defer { calls.withLock { $0 -= 1 } }
        return try await base.withOperation(purpose, body)
    }

    /// Reads through the wrapped adapter.
    ///
    /// - Parameter body: What to run, on a connection.
    /// - Returns: What the body returns.
    /// - Throws: ``InjectedFault``, or what the wrapped adapter throws.
    public func withReadConnection<R: Sendable>(
        _ body: @Sendable (isolated Base.Connection) async throws -> R
    ) async throws -> R {
        try faults.pass(.read)
        if faults.nextFault() != nil { throw InjectedFault(place: .read) }
        calls.withLock { $0 += 1 }
        defer { calls.withLock { $0 -= 1 } }
        return try await base.withReadConnection(body)
    }

    /// The wrapped adapter's statements, which may fail.
    ///
    /// - Parameter connection: The connection.
    /// - Returns: The statements.
    public func operations(on connection: isolated Base.Connection) -> FaultyStateOperations<Base.Operations> {
        FaultyStateOperations(base: base.operations(on: connection), faults: faults)
    }
}
