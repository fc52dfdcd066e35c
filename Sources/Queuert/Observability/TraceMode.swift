/// When a chain's jobs leave the trace that the chain began in.
///
/// A chain may go on for days, or for ever, and no trace should. Where a chain leaves a trace it begins a new one, a new
/// *segment*, which links to what came before.
public struct TraceMode: Sendable, Hashable {
    /// The forms that a mode has, for observability adapters.
    public enum Form: Sendable, Hashable {
        /// Begins a segment when the current one is older than the window or holds so many jobs.
        case bounded(window: Duration, jobs: Int)
        /// Never begins a segment.
        case single
        /// Begins a segment with each attempt.
        case linked
    }
    /// The form of the mode, for observability adapters.
    public let form: Form

    /// Begins a new segment when the current one is older than 15 minutes or holds 100 jobs.
    public static let bounded = TraceMode.bounded()

    /// Begins a new segment when the current one is too old or too large.
    ///
    /// - Parameters:
    ///   - window: How old a segment may be; 15 minutes by default.
    ///   - jobs: How many jobs a segment may hold; 100 by default.
    /// - Returns: The mode.
    public static func bounded(window: Duration = .seconds(900), jobs: Int = 100) -> TraceMode {
        TraceMode(form: .bounded(window: max(.zero, window), jobs: max(1, jobs)))
    }

    /// Keeps a chain in one trace, for tests and for chains that are known to be short.
    public static let single = TraceMode(form: .single)

    /// Begins a new trace with each attempt, as the messaging conventions have it by default.
    ///
    /// For chains of which many are started at once: each is then sampled for itself, and no trace grows with their number.
    public static let linked = TraceMode(form: .linked)
}
