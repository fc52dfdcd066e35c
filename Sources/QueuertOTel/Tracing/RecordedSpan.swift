internal import Synchronization
public import Tracing

/// A span of swift-distributed-tracing, from its start to its end.
///
/// Where it isn't recorded it takes all calls and keeps nothing. Any thread may call it.
public final class RecordedSpan: Tracing.Span {
    private struct State {
        var data: SpanData
        var attributes: SpanAttributes = [:]
        var isRecording = true
    }

    /// The context for work inside the span; its ``ServiceContext/traceContext`` is the span's identity.
    public let context: ServiceContext
    private let tracer: SpanTracer
    private let state: Mutex<State>

    init(tracer: SpanTracer, context: ServiceContext, data: SpanData) {
        self.tracer = tracer
        self.context = context
        state = Mutex(State(data: data))
    }

    init(tracer: SpanTracer, notRecordedIn context: ServiceContext, name: String) {
        self.tracer = tracer
        self.context = context
        let nowhere = TraceContext(traceID: TraceID(high: 0, low: 0), spanID: SpanID(value: 0), flags: [])
        let data = SpanData(
            context: context.traceContext ?? nowhere, parent: nil, name: name, kind: .internal, start: 0, end: 0,
            scope: SpanTracer.distributedTracingScope)
        state = Mutex(State(data: data, isRecording: false))
    }

    /// Whether the span takes notes: it is sampled and has not ended.
    public var isRecording: Bool { state.withLock { $0.isRecording } }

    /// What is done.
    ///
    /// The last name given before the end counts.
    public var operationName: String {
        get { state.withLock { $0.data.name } }
        set { record { state in state.data.name = newValue } }
    }

    /// More about the work.
    ///
    /// What is over the tracer's limit is dropped at the end.
    public var attributes: SpanAttributes {
        get { state.withLock { $0.attributes } }
        set { record { state in state.attributes = newValue } }
    }

    /// Says how the work ended.
    ///
    /// `ok` is final. An error without a message leaves an earlier error's message as it was.
    ///
    /// - Parameter status: How the work ended.
    public func setStatus(_ status: SpanStatus) {
        record { state in
            switch (status.code, state.data.status) {
            case (_, .ok): break
            case (.ok, _): state.data.status = .ok
            case (.error, .error) where status.message == nil: break
            case (.error, _): state.data.status = .error(description: status.message ?? "")
            }
        }
    }

    /// Notes something that happened.
    ///
    /// - Parameter event: What happened. With a clock of its own the tracer's time is taken, not the event's.
    public func addEvent(_ event: SpanEvent) {
        append(event.name, event.attributes) {
            tracer.usesSystemClock ? event.nanosecondsSinceEpoch : tracer.clock.nanoseconds
        }
    }

    /// Notes an error as an event `exception`.
    ///
    /// The span's status stays as it is.
    ///
    /// - Parameters:
    ///   - error: The error. Its type and description are recorded.
    ///   - attributes: More about the event.
    ///   - instant: When the error happened.
    public func recordError<Instant: TracerInstant>(
        _ error: any Error, attributes: SpanAttributes, at instant: @autoclosure () -> Instant
    ) {
        guard isRecording else { return }
        var all: SpanAttributes = [
            "exception.type": .string(Self.typeName(of: error)), "exception.message": .string("\(error)"),
        ]
        all.merge(attributes)
        append("exception", all) { tracer.time(of: instant()) }
    }

    /// Notes a relation to another span; ignored if the link's context holds no valid trace context.
    ///
    /// - Parameter link: The relation.
    public func addLink(_ link: SpanLink) {
        guard let target = link.context.traceContext, target.traceID.isValid, target.spanID.isValid else { return }
        guard isRecording else { return }
        let link = SpanData.Link(target, attributes: [Attribute](link.attributes))
        record { state in
            guard state.data.links.count < tracer.limits.links else { return state.data.droppedLinks += 1 }
            state.data.links.append(link)
        }
    }

    /// Ends the span and hands it over.
    ///
    /// Only the first call counts.
    ///
    /// - Parameter instant: When the work ended.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        let ended = state.withLock { state -> State? in
            guard state.isRecording else { return nil }
            state.isRecording = false
            return state
        }
        guard let ended else { return }
        var data = ended.data
        data.attributes = [Attribute](ended.attributes)
        data.end = tracer.time(of: instant())
        tracer.emit(data)
    }

    private func append(_ name: String, _ attributes: SpanAttributes, time: () -> UInt64) {
        guard isRecording else { return }
        let event = SpanData.Event(name: name, time: time(), attributes: [Attribute](attributes))
        record { state in
            guard state.data.events.count < tracer.limits.events else { return state.data.droppedEvents += 1 }
            state.data.events.append(event)
        }
    }

    /// Changes what is recorded, if anything is.
    ///
    /// The lock is held meanwhile, so values are made before: to describe errors and attributes is code of others.
    private func record(_ change: (inout State) -> Void) {
        state.withLock { state in
            guard state.isRecording else { return }
            change(&state)
        }
    }

    /// The type's full name, without the addresses that the runtime puts into the names of local types.
    private static func typeName(of error: any Error) -> String {
        String(reflecting: type(of: error)).split(separator: ".").filter { !$0.hasPrefix("(unknown context") }
            .joined(separator: ".")
    }
}
