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
}
