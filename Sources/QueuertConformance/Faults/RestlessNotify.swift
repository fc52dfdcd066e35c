public import Queuert

/// Delivers each hint twice, the second time from another task and later, as a network may.
///
/// Hints are only hints: nothing may go wrong by one that comes again or out of order.
public struct RestlessNotify: NotifyAdapter {
    private let base = InProcessNotify()

    /// Makes an adapter.
    public init() {}

    /// Sends a hint to all listeners, and once more.
    ///
    /// - Parameter hint: What happened.
    public func send(_ hint: WakeHint) {
        base.send(hint)
        Task {
            await Task.yield()
            base.send(hint)
        }
    }

    /// Calls a listener for each hint while a body runs.
    ///
    /// - Parameters:
    ///   - listener: Called on any thread. Must return at once.
    ///   - body: What to run meanwhile.
    /// - Returns: What the body returns.
    /// - Throws: What the body throws.
    public func withListener<R>(
        _ listener: @escaping @Sendable (WakeHint) -> Void, _ body: () async throws -> R
    ) async rethrows -> R {
        try await base.withListener(listener, body)
    }
}

/// Makes such adapters for cases.
package struct RestlessUnderTest: NotifyAdapterUnderTest {
    package init() {}

    package func withAdapter(_ body: @Sendable (RestlessNotify) async throws -> Void) async throws {
        try await body(RestlessNotify())
    }
}
