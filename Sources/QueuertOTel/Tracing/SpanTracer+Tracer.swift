public import Tracing

extension SpanTracer: Tracer {
    /// The library that spans made through swift-distributed-tracing are said to come from: it doesn't tell which
    /// library called it.
    static let distributedTracingScope = InstrumentationScope(name: "swift-distributed-tracing")

    /// Starts a span below the one in the context, or the root of a new trace.
    ///
    /// After a shutdown, where tracing is suppressed, and where telemetry is off, the span records nothing and its context
    /// is the given one.
    ///
    /// - Parameters:
    ///   - operationName: What is done.
    ///   - context: Where the span above is found.
    ///   - kind: The role of the span.
    ///   - instant: When the work began. With a clock of its own the tracer asks that instead of the default clock.
    ///   - function: Not recorded.
    ///   - fileID: Not recorded.
    ///   - line: Not recorded.
    /// - Returns: The span, which must be ended.
    public func startSpan<Instant: TracerInstant>(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext,
        ofKind kind: SpanKind,
        at instant: @autoclosure () -> Instant,
        function: String,
        file fileID: String,
        line: UInt
    ) -> RecordedSpan {
        let context = context()
        if hasShutDown { return RecordedSpan(off: context) }
        return makeSpan(operationName, in: context, ofKind: kind) { time(of: instant(), in: $0) }
    }

    /// Starts a span that begins now, below the one in the context, or the root of a new trace.
    ///
    /// As with the function that takes an instant, but without what a generic call costs: this is the one that a call
    /// without an instant finds. The caller's code has the question whether spans are off in it, so that one that is costs
    /// next to nothing.
    ///
    /// - Parameters:
    ///   - operationName: What is done.
    ///   - context: Where the span above is found.
    ///   - kind: The role of the span.
    ///   - function: Not recorded.
    ///   - fileID: Not recorded.
    ///   - line: Not recorded.
    /// - Returns: The span, which must be ended.
    @inlinable public func startSpan(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext = .current ?? .topLevel,
        ofKind kind: SpanKind = .internal,
        function: String = #function,
        file fileID: String = #fileID,
        line: UInt = #line
    ) -> RecordedSpan {
        let context = context()
        if hasShutDown { return RecordedSpan(off: context) }
        return makeSpan(operationName, in: context, ofKind: kind)
    }

    @usableFromInline
    func makeSpan(_ operationName: String, in context: ServiceContext, ofKind kind: SpanKind) -> RecordedSpan {
        makeSpan(operationName, in: context, ofKind: kind) { time(in: $0) }
    }

    /// Makes a span; `start` tells when it begins, by the clock as it was set for the span above, if that is known.
    private func makeSpan(
        _ operationName: String, in context: ServiceContext, ofKind kind: SpanKind, start: (ClockSetting?) -> UInt64
    ) -> RecordedSpan {
        let (parent, isSuppressed, settingAbove) = context.tracing
        guard !isSuppressed else {
            return RecordedSpan(tracer: self, context: context, name: operationName, data: nil)
        }
        var context = context
        let kind = SpanData.Kind(kind)
        let traceContext = makeContext(parent: parent, name: operationName, kind: kind)
        // Of spans that aren't recorded nobody asks the time.
        let setting = settingAbove ?? (traceContext.isSampled ? clockSetting : nil)
        context.setTracing(traceContext, isSuppressed: false, clockSetting: setting)
        guard traceContext.isSampled else {
            return RecordedSpan(tracer: self, context: context, name: operationName, data: nil)
        }
        return RecordedSpan(
            tracer: self, context: context, name: operationName, clockSetting: setting,
            data: SpanData(
                context: traceContext, parent: parent?.traceID == traceContext.traceID ? parent : nil,
                name: operationName, kind: kind, start: start(settingAbove), end: 0,
                scope: Self.distributedTracingScope))
    }

    /// Writes the headers of the context's trace.
    ///
    /// - Parameters:
    ///   - context: The context to send.
    ///   - carrier: What the headers are written to.
    ///   - injector: Knows how to write to the carrier.
    public func inject<Carrier, Inject: Injector>(
        _ context: ServiceContext, into carrier: inout Carrier, using injector: Inject
    ) where Inject.Carrier == Carrier {
        propagator.inject(context, into: &carrier, using: injector)
    }

    /// Reads the headers of a trace into the context.
    ///
    /// - Parameters:
    ///   - carrier: What the headers are read from.
    ///   - context: Where the trace's context is put.
    ///   - extractor: Knows how to read from the carrier.
    public func extract<Carrier, Extract: Extractor>(
        _ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract
    ) where Extract.Carrier == Carrier {
        propagator.extract(carrier, into: &context, using: extractor)
    }

    /// Asks for a flush without waiting for it; call ``flush(timeout:)`` to wait.
    public func forceFlush() {
        // Unstructured because the protocol's function is synchronous, and blocking a thread of Swift's pool until other
        // tasks have run could stop the program. The task ends by itself at the timeout, and holds nothing but the
        // processor.
        Task { [processor] in _ = await processor.flush(timeout: .seconds(30)) }
    }
}
