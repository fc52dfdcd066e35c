internal import Queuert
internal import Tracing

/// What continues a chain: it belongs to a segment, which the next job joins or leaves.
protocol TracerSegmentMember: AttemptTrace {
    /// The context of the span.
    var spanContext: ServiceContext { get }
    /// The place of the span's job in its chain.
    var chainIndex: Int { get }
    /// The segment that the job belongs to.
    var segment: TraceSegment { get }
    /// The context that continuations in the segment join.
    var segmentContext: ServiceContext { get }
    /// The same as it is stored.
    var segmentColumn: String? { get }
    /// What is stored with the span's job besides contexts.
    var carrier: TraceCarrier { get }
}
