internal import Synchronization
public import Tracing

/// A span of swift-distributed-tracing, from its start to its end.
///
/// Where it isn't recorded it takes all calls and keeps nothing. Any thread may call it. Copies are the same span.
public struct RecordedSpan: Tracing.Span {
    /// The context for work inside the span; its ``ServiceContext/traceContext`` is the span's identity.
    public let context: ServiceContext
    /// Nothing where spans are off: to start and end one costs no memory then, and no count of references.
    @usableFromInline let body: Body?

    /// What the copies of a span share.
    @usableFromInline final class Body: Sendable {
        let tracer: SpanTracer
        let initialName: String
        /// How the clock was set when the first span of this process above this one began, if that is known.
        let clockSetting: ClockSetting?
        /// What is recorded; nothing after the end, or if the span isn't recorded at all.
        fileprivate let recording: Mutex<Recording?>
        /// Whether there was ever something to record: asked first, so that a span that isn't recorded costs no lock.
        let isRecorded: Bool

        init(_ tracer: SpanTracer, _ name: String, _ clockSetting: ClockSetting?, _ data: SpanData?) {
            self.tracer = tracer
            initialName = name
            self.clockSetting = clockSetting
            isRecorded = data != nil
            recording = Mutex(data.map { Recording(data: $0) })
        }
    }

    fileprivate struct Recording {
        var data: SpanData
        var attributes: SpanAttributes = [:]

        /// Takes attributes; of those that are new no more than there is room for, in the order of their names.
        mutating func setAttributes(_ new: SpanAttributes, limit: Int) {
            guard new.count > limit else { return attributes = new }
            var kept: SpanAttributes = [:]
            var added: [(name: String, value: SpanAttribute)] = []
            new.forEach { name, value in
                if attributes.get(name) == nil { added.append((name, value)) } else { kept.set(name, value: value) }
            }
            let room = max(limit - kept.count, 0)
            added.sort { $0.name < $1.name }
            for attribute in added.prefix(room) { kept.set(attribute.name, value: attribute.value) }
            data.droppedAttributes += max(added.count - room, 0)
            attributes = kept
        }

        mutating func apply(_ change: (inout Recording) -> Void) { change(&self) }
    }

    /// Makes a span; one without data takes all calls and keeps nothing.
    init(
        tracer: SpanTracer, context: ServiceContext, name: String, clockSetting: ClockSetting? = nil, data: SpanData?
    ) {
        self.context = context
        body = Body(tracer, name, clockSetting, data)
    }

    /// Makes the span of a tracer that is off: it has no name.
    @inlinable init(off context: ServiceContext) {
        self.context = context
        body = nil
    }

    /// The body of a span of which there is something to record, at least until its end.
    private var recorded: Body? {
        guard let body, body.isRecorded else { return nil }
        return body
    }

    /// Whether the span takes notes: it is sampled and has not ended.
    public var isRecording: Bool { recorded?.recording.withLock { $0 != nil } ?? false }

    /// What is done.
    ///
    /// The last name given before the end counts. While nothing is recorded it is the one given at the start, or none
    /// where spans are off altogether.
    public var operationName: String {
        get { body.map { body in body.recording.withLock { $0?.data.name } ?? body.initialName } ?? "" }
        nonmutating set { record { $0.data.name = newValue } }
    }

    /// More about the work; none while nothing is recorded.
    ///
    /// What is new while there are as many as the tracer's limit allows is dropped and counted.
    public var attributes: SpanAttributes {
        get { recorded?.recording.withLock { $0?.attributes } ?? [:] }
        nonmutating set {
            guard let limit = recorded?.tracer.limits.attributes else { return }
            record { $0.setAttributes(newValue, limit: limit) }
        }
    }

    /// Says how the work ended.
    ///
    /// `ok` is final. An error without a message leaves an earlier error's message as it was.
    ///
    /// - Parameter status: How the work ended.
    public func setStatus(_ status: SpanStatus) {
        record { recording in
            switch (status.code, recording.data.status) {
            case (_, .ok): break
            case (.ok, _): recording.data.status = .ok
            case (.error, .error) where status.message == nil: break
            case (.error, _): recording.data.status = .error(description: status.message ?? "")
            }
        }
    }

    /// Notes something that happened.
    ///
    /// - Parameter event: What happened. With a clock of its own the tracer's time is taken, not the event's.
    public func addEvent(_ event: SpanEvent) {
        append(event.name, event.attributes) { tracer, setting in
            tracer.usesSystemClock
                ? tracer.time(shown: event.nanosecondsSinceEpoch, in: setting) : tracer.time(in: setting)
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
        append("exception", all) { $0.time(of: instant(), in: $1) }
    }

    /// Notes a relation to another span; ignored if the link's context holds no valid trace context.
    ///
    /// - Parameter link: The relation.
    public func addLink(_ link: SpanLink) {
        guard let target = link.context.traceContext, target.traceID.isValid, target.spanID.isValid else { return }
        guard isRecording, let limit = body?.tracer.limits.links else { return }
        let link = SpanData.Link(target, attributes: [Attribute](link.attributes))
        record { recording in
            guard recording.data.links.count < limit else { return recording.data.droppedLinks += 1 }
            recording.data.links.append(link)
        }
    }

    /// Ends the span and hands it over.
    ///
    /// Only the first call counts.
    ///
    /// - Parameter instant: When the work ended. A time that the default clock has shown within the last second is told
    ///   as if the clock had not been set since the first span of this process above it began, any other as it is.
    public func end<Instant: TracerInstant>(at instant: @autoclosure () -> Instant) {
        if let body = recorded { handOver(body) { body.tracer.time(of: instant(), in: body.clockSetting) } }
    }

    /// Ends the span now and hands it over.
    ///
    /// Only the first call counts. With the system's clock, now is as long after the start as has passed, however the
    /// clock was set meanwhile. As with the function that takes an instant, but without what a generic call costs.
    @inlinable public func end() {
        if let body { end(body) }
    }

    @usableFromInline func end(_ body: Body) {
        if body.isRecorded { handOver(body) { body.tracer.time(in: body.clockSetting) } }
    }

    private func handOver(_ body: Body, end: () -> UInt64) {
        guard let ended = body.recording.withLock({ $0.take() }) else { return }
        var data = ended.data
        data.attributes = [Attribute](ended.attributes)
        data.end = end()
        body.tracer.emit(data)
    }

    private func append(
        _ name: String, _ attributes: SpanAttributes, time: (SpanTracer, ClockSetting?) -> UInt64
    ) {
        guard isRecording, let body else { return }
        let event = SpanData.Event(
            name: name, time: time(body.tracer, body.clockSetting), attributes: [Attribute](attributes))
        let limit = body.tracer.limits.events
        record { recording in
            guard recording.data.events.count < limit else { return recording.data.droppedEvents += 1 }
            recording.data.events.append(event)
        }
    }

    /// Changes what is recorded, if anything is.
    ///
    /// The lock is held meanwhile, so values are made before: to describe errors and attributes is code of others.
    private func record(_ change: (inout Recording) -> Void) {
        recorded?.recording.withLock { recording in
            // In place: a copy of what was recorded so far would cost more than the change.
            recording?.apply(change)
        }
    }

    /// The type's full name, without the addresses that the runtime puts into the names of local types.
    private static func typeName(of error: any Error) -> String {
        String(reflecting: type(of: error)).split(separator: ".").filter { !$0.hasPrefix("(unknown context") }
            .joined(separator: ".")
    }
}
