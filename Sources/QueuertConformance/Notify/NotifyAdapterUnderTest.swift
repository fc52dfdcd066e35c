public import Queuert

/// Makes notify adapters for ``NotifyConformance``; an adapter's author implements it.
public protocol NotifyAdapterUnderTest: Sendable {
    /// The type of the adapter.
    associatedtype Adapter: NotifyAdapter

    /// Runs a body with an adapter that nobody else uses.
    ///
    /// - Parameter body: What to run.
    /// - Throws: What the body throws, or an error of the service behind the adapter.
    func withAdapter(_ body: @Sendable (Adapter) async throws -> Void) async throws

    /// Has the service behind an adapter, to which somebody listens, be out of reach for a moment.
    ///
    /// By default nothing is done. Then it is not tested that listeners are told that they may have missed something.
    ///
    /// - Parameter adapter: The adapter.
    /// - Returns: Whether it was out of reach.
    /// - Throws: An error of the service.
    func interrupt(_ adapter: Adapter) async throws -> Bool
}

extension NotifyAdapterUnderTest {
    /// Does nothing, as for an adapter that has no service behind it.
    ///
    /// - Parameter adapter: The adapter.
    /// - Returns: Always false.
    public func interrupt(_ adapter: Adapter) async -> Bool { false }
}
