public import Tracing

extension EnvironmentConfiguration {
    /// The context that whoever started this process has left in its environment; `nil` if there is none.
    ///
    /// A program that starts chains and ends, such as one for the command line, so goes on with the trace of its caller:
    ///
    /// ```swift
    /// try await ServiceContext.withValue(environment.parent ?? .topLevel) {
    ///     try await client.startJobChain(ImportFile.self, input: file)
    /// }
    /// ```
    public var parent: ServiceContext? {
        guard parentContext != nil || !parentBaggage.isEmpty else { return nil }
        var context = ServiceContext.topLevel
        context.traceContext = parentContext
        context.baggage = parentBaggage
        return context
    }
}
