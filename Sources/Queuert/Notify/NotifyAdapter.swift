/// What may be worth a look: types of jobs that became due, chains that ended, and attempts that lost their lease.
public struct WakeHint: Sendable, Hashable {
    /// Types of which a job became due.
    public var dueTypes: Set<String>
    /// Chains that ended, one way or another.
    public var completedChains: Set<JobID>
    /// Jobs whose lease was taken away from the worker that runs them.
    public var lostLeases: Set<JobID>
    /// Whether hints may have been lost, because the service behind the adapter was out of reach: everything may be worth a
    /// look.
    public var isGap: Bool

    /// Makes a hint.
    ///
    /// - Parameters:
    ///   - dueTypes: Types of which a job became due.
    ///   - completedChains: Chains that ended.
    ///   - lostLeases: Jobs whose lease was taken away from the worker that runs them.
    ///   - isGap: Whether hints may have been lost.
    public init(
        dueTypes: Set<String> = [], completedChains: Set<JobID> = [], lostLeases: Set<JobID> = [], isGap: Bool = false
    ) {
        self.dueTypes = dueTypes
        self.completedChains = completedChains
        self.lostLeases = lostLeases
        self.isGap = isGap
    }

    /// Whether there is nothing to tell.
    public var isEmpty: Bool { dueTypes.isEmpty && completedChains.isEmpty && lostLeases.isEmpty && !isGap }

    package mutating func formUnion(_ other: WakeHint) {
        dueTypes.formUnion(other.dueTypes)
        completedChains.formUnion(other.completedChains)
        lostLeases.formUnion(other.lostLeases)
        isGap = isGap || other.isGap
    }
}

/// Tells workers and waiters that something happened, so that they need not wait for their next poll.
///
/// Hints are sent after the commit. They are hints: one that is lost costs the poll interval, never a job.
public protocol NotifyAdapter: Sendable {
    /// Sends a hint to all listeners. Must return at once and cannot fail.
    ///
    /// - Parameter hint: What happened.
    func send(_ hint: WakeHint)

    /// Calls a listener for each hint while a body runs.
    ///
    /// - Parameters:
    ///   - listener: Called on any thread. Must return at once.
    ///   - body: What to run meanwhile.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R
}
