public import Tracing

/// Carries a trace's context in the headers `traceparent` and `tracestate`.
///
/// W3C Trace Context level 2.
public struct W3CPropagator: Sendable {
    /// The name of the header with the identifiers and flags.
    public static let traceparentHeader = "traceparent"
    /// The name of the header with what vendors add.
    public static let tracestateHeader = "tracestate"

    /// Makes a propagator.
    public init() {}

    /// Writes the context's headers; none if there is no trace.
    ///
    /// - Parameters:
    ///   - context: The context to send.
    ///   - carrier: What the headers are written to.
    ///   - injector: Knows how to write to the carrier.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        guard let traceContext = context.traceContext else { return }
        injector.inject(traceContext.traceparent, forKey: Self.traceparentHeader, into: &carrier)
        if !traceContext.state.isEmpty {
            injector.inject(traceContext.state, forKey: Self.tracestateHeader, into: &carrier)
        }
    }

    /// Reads the headers into a context, which stays as it is if they hold no valid trace.
    ///
    /// - Parameters:
    ///   - carrier: What the headers are read from.
    ///   - context: Where the trace's context is put.
    ///   - extractor: Knows how to read from the carrier.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        guard let traceparent = extractor.extract(key: Self.traceparentHeader, from: carrier),
            let traceContext = TraceContext(
                traceparent: String(traceparent.trimmingSpaces()),
                tracestate: extractor.extract(key: Self.tracestateHeader, from: carrier))
        else { return }
        context.traceContext = traceContext
    }
}
