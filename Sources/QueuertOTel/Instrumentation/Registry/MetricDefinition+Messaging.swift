extension MetricDefinition {
    static let all = messaging + jobs + attempts + chains + workers + states + own

    /// The bounds that the conventions give for the durations of messaging.
    static let messagingBounds = ExplicitHistogram.secondsBounds
    /// Bounds for what may take hours: those of the conventions, and on to a day.
    static let longBounds = messagingBounds + [30, 60, 300, 900, 3600, 14_400, 43_200, 86_400]

    static let sentMessages = MetricDefinition(
        name: "messaging.client.sent.messages", kind: .counter, unit: "{message}",
        meaning: "Jobs that were started or continued with, once that is committed.",
        attributes: operation, bounds: nil, origin: .conventionsInDevelopment)
    static let consumedMessages = MetricDefinition(
        name: "messaging.client.consumed.messages", kind: .counter, unit: "{message}",
        meaning: "Jobs that were handed to a handler, once for each attempt.",
        attributes: operation, bounds: nil, origin: .conventionsInDevelopment)
    static let operationDuration = MetricDefinition(
        name: "messaging.client.operation.duration", kind: .histogram, unit: "s",
        meaning: "How long starting, continuing and completing took: the duration of the span of the same operation.",
        attributes: operation + AttributeUse.conditional(QueueAttributes.errorType), bounds: messagingBounds,
        origin: .conventionsInDevelopment)
    static let processDuration = MetricDefinition(
        name: "messaging.process.duration", kind: .histogram, unit: "s",
        meaning: "How long attempts took: the duration of their spans.",
        attributes: operation + AttributeUse.conditional(QueueAttributes.errorType), bounds: messagingBounds,
        origin: .conventionsInDevelopment)
    private static let messaging = [sentMessages, consumedMessages, operationDuration, processDuration]

    /// A call that starts chains of several types has no one destination.
    private static let operation =
        AttributeUse.required(
            QueueAttributes.system.key, QueueAttributes.operationName, QueueAttributes.operationType)
        + AttributeUse.conditional(
            QueueAttributes.destination, QueueAttributes.serverAddress, QueueAttributes.serverPort)

    /// A metric of the library's own.
    init(
        _ name: String, _ kind: Kind, _ unit: String, _ meaning: String, _ attributes: [AttributeUse],
        bounds: [Double]? = nil, _ origin: DefinitionOrigin = .queuert
    ) {
        self.init(
            name: name, kind: kind, unit: unit, meaning: meaning, attributes: attributes, bounds: bounds,
            origin: origin)
    }

    static let ofJobType = AttributeUse.required(QueueAttributes.jobType)
    static let ofChainType = AttributeUse.required(QueueAttributes.chainType)
}
