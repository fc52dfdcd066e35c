public import QueuertOTel
internal import Synchronization

/// Makes the identifiers 1, 2, 3 and so on, which a person can tell apart, for tests.
///
/// Traces and spans are counted apart. The order of the calls decides who gets which identifier.
public final class IncrementingIDGenerator: IDGenerator {
    private let traces = Atomic<UInt64>(0)
    private let spans = Atomic<UInt64>(0)

    /// Makes a generator that starts at 1.
    public init() {}

    /// Makes the identifier of a new trace.
    ///
    /// - Returns: The next number.
    public func makeTraceID() -> TraceID {
        TraceID(high: 0, low: traces.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// Makes the identifier of a new span.
    ///
    /// - Returns: The next number.
    public func makeSpanID() -> SpanID { SpanID(value: spans.wrappingAdd(1, ordering: .relaxed).newValue) }
}
