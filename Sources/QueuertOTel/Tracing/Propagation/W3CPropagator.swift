public import Tracing

/// Carries a trace's context in the headers `traceparent` and `tracestate`, and what goes along with it in `baggage`.
///
/// W3C Trace Context level 2, and W3C Baggage.
public struct W3CPropagator: Hashable, Sendable {
    /// What a propagator carries.
    public struct Parts: OptionSet, Hashable, Sendable {
        /// The parts as bits.
        public let rawValue: Int

        /// Makes a set of parts of bits.
        ///
        /// - Parameter rawValue: The bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// The trace's context: `traceparent` and `tracestate`.
        public static let traceContext = Parts(rawValue: 1)
        /// What goes along with a trace: `baggage`.
        public static let baggage = Parts(rawValue: 2)
        /// Both.
        public static let all: Parts = [.traceContext, .baggage]
    }

    /// The name of the header with the identifiers and flags.
    public static let traceparentHeader = "traceparent"
    /// The name of the header with what vendors add.
    public static let tracestateHeader = "tracestate"

    /// The name of the header with what goes along with a trace.
    public static let baggageHeader = "baggage"

    /// What is carried; headers of other parts are neither written nor read.
    public let parts: Parts

    /// Makes a propagator.
    ///
    /// - Parameter parts: What is carried; all by default.
    public init(_ parts: Parts = .all) { self.parts = parts }

    /// Writes the context's headers: those of the trace if there is one, and that of the baggage if it holds anything.
    ///
    /// - Parameters:
    ///   - context: The context to send.
    ///   - carrier: What the headers are written to.
    ///   - injector: Knows how to write to the carrier.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        if parts.contains(.baggage) {
            let baggage = context.baggage
            if !baggage.isEmpty { injector.inject(baggage.header, forKey: Self.baggageHeader, into: &carrier) }
        }
        guard parts.contains(.traceContext), let traceContext = context.traceContext else { return }
        injector.inject(traceContext.traceparent, forKey: Self.traceparentHeader, into: &carrier)
        if !traceContext.state.isEmpty {
            injector.inject(traceContext.state, forKey: Self.tracestateHeader, into: &carrier)
        }
    }

    /// Reads the headers into a context, whose trace or baggage stays as it is if there is no valid one.
    ///
    /// - Parameters:
    ///   - carrier: What the headers are read from.
    ///   - context: Where the trace's context is put.
    ///   - extractor: Knows how to read from the carrier.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        if parts.contains(.baggage), let header = extractor.extract(key: Self.baggageHeader, from: carrier) {
            let baggage = Baggage(header: header)
            if !baggage.isEmpty { context.baggage = baggage }
        }
        guard parts.contains(.traceContext),
            let traceparent = extractor.extract(key: Self.traceparentHeader, from: carrier),
            let traceContext = TraceContext(
                traceparent: String(traceparent.trimmingSpaces()),
                tracestate: extractor.extract(key: Self.tracestateHeader, from: carrier))
        else { return }
        context.traceContext = traceContext
    }
}
