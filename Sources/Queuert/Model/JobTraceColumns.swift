/// The trace columns of a job: text that only the observability adapter reads.
public struct JobTraceColumns: Sendable, Hashable {
    /// The context of the chain's current segment; `nil` where it is the job's own, as that of a chain's first job is.
    public var chainContext: String?
    /// The context of the span that created this job.
    public var jobContext: String?
    /// The context of the running or last attempt.
    public var attemptContext: String?
    /// What else is propagated, if there is anything.
    public var carrier: String?
    /// Where the segment began.
    public var segment: String?

    /// Makes trace columns.
    ///
    /// - Parameters:
    ///   - chainContext: The context of the chain's current segment; `nil` if it is the job's own.
    ///   - jobContext: The context of the span that created this job.
    ///   - attemptContext: The context of the running or last attempt.
    ///   - carrier: What else is propagated.
    ///   - segment: Where the segment began.
    public init(
        chainContext: String? = nil, jobContext: String? = nil, attemptContext: String? = nil, carrier: String? = nil,
        segment: String? = nil
    ) {
        self.chainContext = chainContext
        self.jobContext = jobContext
        self.attemptContext = attemptContext
        self.carrier = carrier
        self.segment = segment
    }

    /// The context of the chain's current segment, whichever column it is in.
    public var segmentContext: String? { chainContext ?? jobContext }
}
