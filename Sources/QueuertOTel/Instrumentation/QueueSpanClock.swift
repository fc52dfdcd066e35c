public import Queuert

/// Tells spans the time by a queue's clock, so that a test that moves one clock moves both.
public struct QueueSpanClock: SpanClock {
    private let clock: any QueueClock

    /// Makes a clock.
    ///
    /// - Parameter clock: The queue's clock.
    public init(_ clock: any QueueClock) { self.clock = clock }

    /// The queue's time, in nanoseconds since 1970.
    public var nanoseconds: UInt64 { clock.now.nanoseconds }
}

extension Timestamp {
    /// The moment in nanoseconds since 1970, as spans have it.
    var nanoseconds: UInt64 { UInt64(max(0, microseconds)) * 1_000 }

    /// The moment of a span's time; what is below a microsecond is dropped.
    init(nanoseconds: UInt64) { self.init(microseconds: Int64(clamping: nanoseconds / 1_000)) }
}
