internal import Queuert

/// The names that the queue's spans use: those of the messaging conventions, and its own.
enum QueueAttributes {
    static let system = Attribute("messaging.system", "queuert")
    static let operationName = "messaging.operation.name"
    static let operationType = "messaging.operation.type"
    static let destination = "messaging.destination.name"
    static let messageID = "messaging.message.id"
    static let conversationID = "messaging.message.conversation_id"
    static let bodySize = "messaging.message.body.size"
    static let batchCount = "messaging.batch.message_count"
    static let clientID = "messaging.client.id"
    static let errorType = "error.type"
    static let serverAddress = "server.address"
    static let serverPort = "server.port"

    static let chainID = "queuert.chain.id"
    static let chainType = "queuert.chain.type"
    static let chainDeduplicated = "queuert.chain.deduplicated"
    static let chainIndex = "queuert.chain.index"
    static let chainSegment = "queuert.chain.segment"
    static let chainJobs = "queuert.chain.jobs"
    static let jobID = "queuert.job.id"
    static let jobType = "queuert.job.type"
    static let jobState = "queuert.job.state"
    static let jobAttempt = "queuert.job.attempt"
    static let maximumAttempts = "queuert.job.max_attempts"
    static let jobScheduledAt = "queuert.job.scheduled_at"
    static let droppedBlockerLinks = "queuert.job.blockers.dropped_links"
    static let batchSize = "queuert.batch.size"
    static let attemptResult = "queuert.attempt.result"
    static let rescheduledAt = "queuert.rescheduled_at"
    static let rescheduledAfter = "queuert.rescheduled_after_ms"
    static let continuedWithID = "queuert.continued_with.job_id"
    static let continuedWithType = "queuert.continued_with.job_type"
    static let blockerChainID = "queuert.blocker.chain.id"
    static let blockerChainType = "queuert.blocker.chain.type"
    static let blockerIndex = "queuert.blocker.index"
    static let blockerChainIDs = "queuert.blocker.chain.ids"
    static let blockerCount = "queuert.blocker.count"
    static let traceMode = "queuert.trace.mode"
    static let transactionOutcome = "queuert.transaction.outcome"
    static let workerID = "queuert.worker.id"
    static let workerName = "queuert.worker.name"
    static let databaseWork = "queuert.database.work"
    static let outageFailures = "queuert.outage.failures"
    static let outageDuration = "queuert.outage.duration_s"
    static let linkType = "queuert.link.type"
    /// Those that hold the identifier of a chain, or of its first job.
    static let chainKeys: Set<String> = [messageID, conversationID, chainID, jobID]

    static let waitBlocked = "queuert.job.wait.blocked_s"
    static let waitSchedule = "queuert.job.wait.schedule_s"
    static let waitBackoff = "queuert.job.wait.backoff_s"
    static let waitQueue = "queuert.job.wait.queue_s"
    static let waitType = "queuert.wait.type"
    static let clockSkew = "queuert.clock_skew"
}

/// How one span of a chain relates to another: the value of `queuert.link.type`.
struct LinkType {
    /// What a link says of itself, made once: each attempt has links.
    let attributes: [Attribute]

    private init(_ word: String) { attributes = [Attribute(QueueAttributes.linkType, .string(word))] }

    static let creation = LinkType("creation")
    static let retryOf = LinkType("retry_of")
    static let chain = LinkType("chain")
    static let origin = LinkType("origin")
    static let blocker = LinkType("blocker")
    static let batch = LinkType("batch")
    static let existingChain = LinkType("existing_chain")
    static let resolvedBy = LinkType("resolved_by")
    static let completedBy = LinkType("completed_by")

    func link(to context: TraceContext) -> SpanData.Link { SpanData.Link(context, attributes: attributes) }
}

/// What a span of the queue is about: a job, that is stored or about to be.
protocol QueueSubject {
    var id: JobID { get }
    var typeName: String { get }
    var chainID: JobID { get }
    var chainTypeName: String { get }
    var chainIndex: Int { get }
}

extension JobRow: QueueSubject {}
extension JobCreating: QueueSubject {}

extension QueueSubject {
    /// The attributes that the conventions want when a span starts, so that a sampler sees them.
    ///
    /// - Parameters:
    ///   - operation: The operation's name.
    ///   - type: The operation's type; `nil` for what is no operation of messaging.
    ///   - server: Where the queue's database is reached, if that is told.
    /// - Returns: The attributes.
    func attributes(operation: String, type: String?, server: [Attribute]) -> [Attribute] {
        // With room for what else the span says: an array that grows is copied.
        var attributes: [Attribute] = []
        attributes.reserveCapacity(20 + server.count)
        attributes.append(QueueAttributes.system)
        attributes.append(Attribute(QueueAttributes.operationName, .string(operation)))
        let jobType = AttributeValue.string(typeName)
        let jobID = AttributeValue.string(id.rawValue)
        let chainID = AttributeValue.string(chainID.rawValue)
        attributes.append(Attribute(QueueAttributes.destination, jobType))
        attributes.append(Attribute(QueueAttributes.messageID, jobID))
        attributes.append(Attribute(QueueAttributes.conversationID, chainID))
        attributes.append(Attribute(QueueAttributes.chainID, chainID))
        attributes.append(Attribute(QueueAttributes.chainType, .string(chainTypeName)))
        attributes.append(Attribute(QueueAttributes.chainIndex, .int(Int64(chainIndex))))
        attributes.append(Attribute(QueueAttributes.jobID, jobID))
        attributes.append(Attribute(QueueAttributes.jobType, jobType))
        if let type { attributes.append(Attribute(QueueAttributes.operationType, .string(type))) }
        if !server.isEmpty { attributes += server }
        return attributes
    }
}
