internal import Tracing

/// Which measurements may become exemplars.
public enum ExemplarFilter: Hashable, Sendable {
    /// All.
    case alwaysOn
    /// None.
    case alwaysOff
    /// Those that are made in a span that is sampled.
    case traceBased

    /// A measurement that may become an exemplar.
    struct Offer {
        /// The span that it is made in.
        var context: TraceContext?
    }

    /// Whether a measurement in a span may become an exemplar.
    func offer(_ context: TraceContext?) -> Offer? {
        switch self {
        case .alwaysOn: Offer(context: context)
        case .alwaysOff: nil
        case .traceBased: context?.isSampled == true ? Offer(context: context) : nil
        }
    }

    /// Whether a measurement in the task's current span may become an exemplar.
    var currentOffer: Offer? { self == .alwaysOff ? nil : offer(ServiceContext.current?.traceContext) }
}
