internal import Queuert

/// What is known of a job's PRODUCER span before the span has an identity.
struct JobCreationOutline {
    /// How many of the chains that a job waits for its span names.
    static let blockerLimit = 64

    /// The first word of the span's name.
    let operation: String
    /// What the span says.
    private(set) var span: SpanOutline
    /// The segment that the job belongs to.
    let segment: TraceSegment
    /// The segment, as it is to be stored with the job.
    let storedSegment: String?
    /// Whether the job leaves the segment of its origin.
    let leavesSegment: Bool

    init(
        _ job: JobCreating, after origin: (segment: TraceSegment, chainIndex: Int)?, at moment: Timestamp,
        server: [Attribute], _ configuration: QueueInstrumentation.Configuration
    ) {
        operation = Self.operation(of: job)
        // What recurs begins a chain with each occurrence, in the segment of the one before.
        let current = origin.map { origin in
            job.chainIndex == 0 ? origin.segment.counted(afterJobAt: origin.chainIndex) : origin.segment
        }
        let modeOfCall = job.mode ?? (current?.isModeOfCall == true ? current?.mode : nil)
        let mode = modeOfCall ?? configuration.mode(ofType: job.typeName)
        var attributes = job.attributes(
            operation: operation, type: operation == "create" ? "create" : "send", server: server)
        attributes.append(Attribute(QueueAttributes.traceMode, .string(mode.name)))
        span = SpanOutline(name: "\(operation) \(job.typeName)", kind: .producer, attributes: attributes)
        let segment: TraceSegment
        if let current {
            leavesSegment = current.isOver(at: moment, chainIndex: job.chainIndex, mode: mode)
            segment = leavesSegment ? current.next(start: moment, firstIndex: job.chainIndex) : current
        } else {
            leavesSegment = false
            segment = TraceSegment(number: 0, start: moment, firstIndex: job.chainIndex)
        }
        self.segment = segment.with(mode: mode, ofCall: modeOfCall != nil)
        storedSegment = current == nil ? self.segment.storedAtBeginning : self.segment.stored
    }

    private static func operation(of job: JobCreating) -> String {
        if job.origin != nil { return "continue" }
        if job.batch != nil { return "create" }
        return job.schedule == .now ? "start" : "schedule"
    }

    /// Has the span say the number of its segment, which samplers aren't asked about.
    mutating func tellSegment() {
        span.attributes.append(Attribute(QueueAttributes.chainSegment, .int(Int64(segment.number))))
    }

    /// What the span says, given what it said before, of a job that was written.
    ///
    /// Until its blockers have ended, nothing else tells that the job waits for them.
    static func attributes(
        _ attributes: [Attribute], of job: JobRow, waitingFor blockers: [BlockerReference],
        _ configuration: QueueInstrumentation.Configuration
    ) -> [Attribute] {
        var attributes = attributes
        if configuration.recordsBodySizes {
            attributes.append(Attribute(QueueAttributes.bodySize, .int(Int64(job.input.utf8.count))))
        }
        if job.scheduledAt > job.createdAt {
            attributes.append(Attribute(QueueAttributes.jobScheduledAt, .string(job.scheduledAt.iso8601)))
        }
        if job.hasOpenBlockers {
            let named = blockers.prefix(blockerLimit).map { AttributeValue.string($0.chainID.rawValue) }
            attributes.append(Attribute(QueueAttributes.blockerChainIDs, .array(named)))
            attributes.append(Attribute(QueueAttributes.blockerCount, .int(Int64(blockers.count))))
        }
        return attributes
    }

    /// What the span says, given what it said before, where an existing chain does as well.
    static func attributes(_ attributes: [Attribute], ofExisting job: JobRow) -> [Attribute] {
        var attributes = attributes
        attributes.append(Attribute(QueueAttributes.chainDeduplicated, .bool(true)))
        for index in attributes.indices where QueueAttributes.chainKeys.contains(attributes[index].key) {
            attributes[index].value = .string(job.chainID.rawValue)
        }
        return attributes
    }
}
