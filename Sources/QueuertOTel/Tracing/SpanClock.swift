/// Tells the time of spans and their events.
public protocol SpanClock: Sendable {
    /// The time in nanoseconds since 1970.
    var nanoseconds: UInt64 { get }
}
