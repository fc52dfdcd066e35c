public import Logging
public import Queuert
internal import Synchronization
internal import Tracing

/// Tells a queue's work as spans.
///
/// Which spans there are, with what parents, links and attributes, is told in `docs/tracing.md`. Give one to the client:
///
/// ```swift
/// let client = Client(adapter: adapter, observability: QueueInstrumentation(tracer: tracer))
/// ```
public final class QueueInstrumentation: ObservabilityAdapter {
    /// What is told, and how.
    public struct Configuration: Sendable {
        /// When a chain's jobs leave the trace that the chain began in.
        public var mode: TraceMode
        /// Whether the text of all errors is put on spans.
        ///
        /// It may hold the user's data, so by default only the errors' types are, and the text of those that are
        /// `RedactedError`s.
        public var recordsErrorMessages: Bool
        /// From which time on a wait for a worker is a span of its own.
        public var waitThreshold: Duration

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - mode: When a chain's jobs leave the trace that the chain began in; ``TraceMode/bounded`` by default.
        ///   - recordsErrorMessages: Whether the text of all errors is put on spans; no by default.
        ///   - waitThreshold: From which time on a wait for a worker is a span of its own; 100 ms by default.
        public init(
            mode: TraceMode = .bounded, recordsErrorMessages: Bool = false, waitThreshold: Duration = .milliseconds(100)
        ) {
            self.mode = mode
            self.recordsErrorMessages = recordsErrorMessages
            self.waitThreshold = waitThreshold
        }
    }

    let tracer: SpanTracer
    let configuration: Configuration
    private let logger: Logger
    private let hasReportedContext = Atomic(false)

    static let scope = InstrumentationScope(
        name: "queuert", version: LibraryVersion.current, schemaURL: "https://opentelemetry.io/schemas/1.44.0")

    /// Makes an instrumentation.
    ///
    /// - Parameters:
    ///   - tracer: Where spans go.
    ///   - configuration: What is told, and how.
    ///   - logger: What is logged goes here.
    public init(
        tracer: SpanTracer, configuration: Configuration = Configuration(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.tracer = tracer
        self.configuration = configuration
        self.logger = logger
    }

    /// A job is about to be written.
    ///
    /// - Parameter job: The job.
    /// - Returns: What to store with the job, and what to tell of the transaction's end.
    public func jobCreating(_ job: JobCreating) -> any JobTrace {
        JobCreationSpan(job, in: self)
    }

    /// Attempts may be claimed.
    ///
    /// Each text is a `traceparent` whose identifiers nobody has used. The attempt always takes its span identifier, and
    /// its trace identifier when it begins a new segment: so the claim can store it without knowing the job.
    ///
    /// - Parameter count: How many at most.
    /// - Returns: The texts.
    public func makeAttemptContexts(_ count: Int) -> [String] {
        (0..<count).map { _ in newContext(isSampled: false).traceparent }
    }

    /// An attempt was claimed, or its lease ran out.
    ///
    /// - Parameter job: The job, as the claim left it.
    /// - Returns: The attempt.
    public func attempt(_ job: ClaimedJob) -> any AttemptTrace { AttemptSpan(job, in: self) }

    /// A job is about to be completed without a worker.
    ///
    /// - Parameter job: The job.
    /// - Returns: The completion.
    public func completionWithoutWorker(of job: ClaimedJob) -> any AttemptTrace { OutsideCompletion(job, in: self) }

    /// A chain that a job waited for has ended.
    ///
    /// - Parameter wait: The wait.
    public func blockerResolved(_ wait: BlockerResolution) {
        let resolved = wait.wait
        guard let context = context(resolved.awaitContext) else { return }
        var attributes = [
            QueueAttributes.system,
            Attribute(QueueAttributes.conversationID, .string(resolved.jobChainID.rawValue)),
            Attribute(QueueAttributes.jobID, .string(resolved.jobID.rawValue)),
            Attribute(QueueAttributes.jobType, .string(resolved.jobTypeName)),
            Attribute(QueueAttributes.blockerChainID, .string(wait.chainID.rawValue)),
            Attribute(QueueAttributes.blockerChainType, .string(wait.chainTypeName)),
            Attribute(QueueAttributes.blockerIndex, .int(Int64(resolved.ordinal))),
        ]
        attributes.append(Attribute(QueueAttributes.waitType, "blocked"))
        var links: [SpanData.Link] = []
        if let chain = self.context(wait.chainStartContext) { links.append(LinkType.blocker.link(to: chain)) }
        if let attempt = self.context(wait.resolvedBy?.context) { links.append(LinkType.resolvedBy.link(to: attempt)) }
        tracer.emit(
            SpanData(
                context: context.local, parent: self.context(resolved.jobContext), name: "await \(wait.chainTypeName)",
                kind: .internal, start: resolved.blockedAt.nanoseconds, end: wait.resolvedAt.nanoseconds,
                attributes: attributes, links: links, scope: Self.scope))
    }

    /// A chain has ended.
    ///
    /// - Parameter chain: The chain.
    public func chainCompleted(_ chain: ChainCompletion) {
        guard let parent = context(chain.start.context) else { return }
        let attributes = [
            QueueAttributes.system,
            Attribute(QueueAttributes.conversationID, .string(chain.id.rawValue)),
            Attribute(QueueAttributes.chainID, .string(chain.id.rawValue)),
            Attribute(QueueAttributes.chainType, .string(chain.typeName)),
            Attribute(QueueAttributes.chainJobs, .int(Int64(chain.jobCount))),
        ]
        var links: [SpanData.Link] = []
        if let attempt = context(chain.completedBy?.context) {
            links.append(LinkType.completedBy.link(to: attempt))
        }
        tracer.emit(
            SpanData(
                context: child(of: parent), parent: parent, name: "chain \(chain.typeName)", kind: .internal,
                start: chain.start.createdAt.nanoseconds, end: chain.completedAt.nanoseconds, attributes: attributes,
                links: links, scope: Self.scope))
    }
}

// MARK: Contexts

extension QueueInstrumentation {
    /// Reads a stored context; one that can't be read counts as none and is reported once.
    func context(_ stored: String?, carrier: TraceCarrier = TraceCarrier(traceState: "")) -> TraceContext? {
        guard let stored else { return nil }
        if let context = TraceContext(traceparent: stored, tracestate: carrier.traceState) { return context }
        if !hasReportedContext.exchange(true, ordering: .relaxed) {
            logger.warning(
                "A job holds a trace context that can't be read. It is treated as none; further ones are not reported.")
        }
        return nil
    }

    /// The identity of a span below another, sampled alike, without announcing it: its data may come much later.
    func child(of parent: TraceContext) -> TraceContext {
        TraceContext(
            traceID: parent.traceID, spanID: tracer.ids.makeSpanID(), flags: parent.flags, state: parent.state)
    }

    /// The identity of the root of a new trace.
    func newContext(isSampled: Bool) -> TraceContext {
        var flags: TraceFlags = tracer.ids.makesRandomTraceIDs ? .random : []
        if isSampled { flags.insert(.sampled) }
        return TraceContext(traceID: tracer.ids.makeTraceID(), spanID: tracer.ids.makeSpanID(), flags: flags)
    }

    /// The span that the caller is in.
    var ambient: (context: TraceContext?, isSuppressed: Bool) {
        guard let current = ServiceContext.current else { return (nil, false) }
        return (current.traceContext, current.isTracingSuppressed)
    }

    /// Runs a body with a span as the current one, and with nothing else of the caller's context.
    func withCurrent<R>(_ context: TraceContext, _ body: () async throws -> R) async rethrows -> R {
        var current = ServiceContext.topLevel
        current.traceContext = context
        return try await ServiceContext.withValue(current) { try await body() }
    }
}

// MARK: Errors

extension QueueInstrumentation {
    /// What is told of an error: its type, and its text only if that was asked for.
    func status(of error: any Error) -> SpanData.Status {
        .error(description: message(of: error) ?? errorTypeName(error))
    }

    /// An error's text, if that was asked for or is known to hold no data.
    private func message(of error: any Error) -> String? {
        if let redacted = error as? any RedactedError { return redacted.description }
        return configuration.recordsErrorMessages ? String(describing: error) : nil
    }

    func exceptionEvent(_ error: any Error) -> SpanData.Event {
        var attributes = [Attribute("exception.type", .string(errorTypeName(error)))]
        if let message = message(of: error) { attributes.append(Attribute("exception.message", .string(message))) }
        return SpanData.Event(name: "exception", time: tracer.clock.nanoseconds, attributes: attributes)
    }

    /// The value of `error.type`: a word for the conditions that the queue knows, else the name of the error's type.
    static func errorType(of error: any Error) -> String {
        switch error {
        case is LeaseLostError: "lease_expired"
        case is JobTimeoutError: "timeout"
        case is CancellationError: "cancelled"
        default: errorTypeName(error)
        }
    }
}

extension TraceContext {
    /// The same context as one of this process's own.
    var local: TraceContext {
        var context = self
        context.isRemote = false
        return context
    }
}
