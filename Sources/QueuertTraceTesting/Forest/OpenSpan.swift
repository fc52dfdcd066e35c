public import QueuertOTel

/// A span that began and has not ended.
public struct OpenSpan: Hashable, Sendable {
    /// The span's identity.
    public let context: TraceContext
    /// What is being done.
    public let name: String

    /// Makes an open span.
    ///
    /// - Parameters:
    ///   - context: The span's identity.
    ///   - name: What is being done.
    public init(context: TraceContext, name: String) {
        self.context = context
        self.name = name
    }
}
