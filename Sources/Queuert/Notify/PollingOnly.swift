/// Tells nobody: workers and waiters find out at their next poll.
public struct PollingOnly: NotifyAdapter {
    /// Makes the adapter.
    public init() {}

    /// Does nothing.
    ///
    /// - Parameter hint: What happened.
    public func send(_ hint: WakeHint) {}

    /// Runs the body; the listener is never called.
    ///
    /// - Parameters:
    ///   - listener: Not used.
    ///   - body: What to run.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await body()
    }
}
