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
