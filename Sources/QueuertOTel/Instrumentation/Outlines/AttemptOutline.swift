internal import Queuert

/// What is known of an attempt's span before the span has an identity.
struct AttemptOutline {
    /// As many blockers get a link; more would crowd out what else the span says.
    static let blockerLinkLimit = 64

    /// What the span says.
    private(set) var span: SpanOutline
    /// When the attempt began.
    let claimedAt: Timestamp
    /// What the job waited for.
    let waits: JobWaits
    /// Whether the attempt's span is the root of a trace.
    let beginsSegment: Bool
    /// The segment that the attempt belongs to.
    let segment: TraceSegment

    /// Finds out what is known.
    ///
    /// - Parameters:
    ///   - job: The job, as the claim left it.
    ///   - stored: The segment of the job, as it is stored.
    ///   - now: When the attempt began, if the job doesn't say.
    ///   - hasCreation: Whether it is known which span created the job.
    ///   - isForced: Whether the attempt begins a segment, whatever its mode says.
    ///   - blockers: For how many chains the job waited whose spans are known.
    ///   - server: Where the queue's database is reached, if that is told.
    ///   - configuration: What is told, and how.
    init(
        _ job: ClaimedJob, stored: TraceSegment, now: @autoclosure () -> Timestamp, hasCreation: Bool, isForced: Bool,
        blockers: Int, server: [Attribute], _ configuration: QueueInstrumentation.Configuration
    ) {
        let row = job.row
        claimedAt = row.lastAttemptAt ?? now()
        waits = JobWaits(row, claimedAt: claimedAt)
        let mode = stored.mode ?? configuration.mode(ofType: row.typeName)
        // The first attempt of a segment's first job is never over by the number of jobs, only by age.
        beginsSegment =
            !hasCreation || mode.isLinked || isForced
            || stored.isOver(at: claimedAt, chainIndex: row.chainIndex, mode: mode)
        segment = beginsSegment && hasCreation ? stored.next(start: claimedAt, firstIndex: row.chainIndex) : stored

        var attributes = row.attributes(operation: "process", type: "process", server: server)
        attributes.append(Attribute(QueueAttributes.jobAttempt, .int(Int64(row.attempt))))
        attributes.append(Attribute(QueueAttributes.traceMode, .string(mode.name)))
        if let worker = row.leasedBy {
            attributes.append(Attribute(QueueAttributes.clientID, .string(worker)))
            attributes.append(Attribute(QueueAttributes.workerID, .string(worker)))
        }
        if let maximum = job.maximumAttempts, maximum < .max {
            attributes.append(Attribute(QueueAttributes.maximumAttempts, .int(Int64(maximum))))
        }
        if configuration.recordsBodySizes {
            attributes.append(Attribute(QueueAttributes.bodySize, .int(Int64(row.input.utf8.count))))
        }
        let dropped = blockers - Self.blockerLinkLimit
        if dropped > 0 { attributes.append(Attribute(QueueAttributes.droppedBlockerLinks, .int(Int64(dropped)))) }
        waits.tell(in: &attributes)
        span = SpanOutline(name: "process " + row.typeName, kind: .consumer, attributes: attributes)
    }

    /// Takes out what the span says, for whoever goes on with it: a copy would cost as much as the whole.
    mutating func takeAttributes() -> [Attribute] {
        defer { span.attributes = [] }
        return span.attributes
    }

    /// Has the span say the number of its segment, which samplers aren't asked about.
    mutating func tellSegment() {
        span.attributes.append(Attribute(QueueAttributes.chainSegment, .int(Int64(segment.number))))
    }
}
