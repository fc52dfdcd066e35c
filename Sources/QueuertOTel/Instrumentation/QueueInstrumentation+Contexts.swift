internal import Queuert
internal import Tracing

extension QueueInstrumentation {
    /// Reads a stored context; one that can't be read counts as none and is reported once.
    func context(_ stored: String?, carrier: TraceCarrier = TraceCarrier()) -> TraceContext? {
        guard let stored else { return nil }
        guard var context = TraceContext(traceparent: stored) else {
            contextWarning.give()
            return nil
        }
        // As it was stored, byte for byte, though it could be written in fewer.
        if !carrier.traceState.isEmpty {
            if Tracestate(carrier.traceState) == nil {
                contextWarning.give()
            } else {
                context.state = carrier.traceState
            }
        }
        return context
    }

    /// The context of an attempt's span: as it is, where it is one of ours, else as it is stored.
    func context(of attempt: (any AttemptTrace)?) -> TraceContext? {
        if let attempt = attempt as? AttemptSpan { return attempt.spanContext }
        return context(attempt?.context)
    }

    /// The identity of a span below another, sampled alike, without announcing it: its data may come much later.
    func child(of parent: TraceContext) -> TraceContext {
        TraceContext(
            traceID: parent.traceID, spanID: tracer.ids.makeSpanID(), flags: parent.flags, state: parent.state)
    }

    /// The identity of the root of a new trace, about which no sampler was asked yet.
    func newContext() -> TraceContext {
        TraceContext(traceID: tracer.ids.makeTraceID(), spanID: tracer.ids.makeSpanID(), flags: flagsOfRoot)
    }

    /// The context of an attempt that is the root of a new trace, about which no sampler was asked yet.
    func newContext(_ attempt: AttemptIdentity) -> TraceContext {
        TraceContext(traceID: attempt.traceID, spanID: attempt.spanID, flags: flagsOfRoot)
    }

    private var flagsOfRoot: TraceFlags { tracer.ids.makesRandomTraceIDs ? .random : [] }

    /// The span that the caller is in, and the baggage that goes along with it.
    var ambient: AmbientTrace {
        guard let current = ServiceContext.current else { return AmbientTrace() }
        let (context, isSuppressed, _) = current.tracing
        guard configuration.capturesCaller != false else { return AmbientTrace(isSuppressed: isSuppressed) }
        let baggage =
            configuration.baggageKeys.isEmpty ? "" : current.baggage.restricted(to: configuration.baggageKeys).header
        return AmbientTrace(context: context, isSuppressed: isSuppressed, baggage: baggage)
    }

    /// Runs a body with a span as the current one, and with nothing else of the caller's context.
    func withCurrent<R>(
        _ context: TraceContext, baggage: String = "", _ body: () async throws -> R
    ) async rethrows -> R {
        var current = ServiceContext.topLevel
        current.setTracing(context, isSuppressed: false)
        if !baggage.isEmpty { current.baggage = Baggage(header: baggage) }
        return try await ServiceContext.withValue(current) { try await body() }
    }

    // MARK: Segments

    /// Decides about the root of a new segment, whose identity is fresh, after the span that it links to.
    ///
    /// One that is forced is sampled, whatever else is said.
    func segmentRoot(
        _ fresh: TraceContext, after previous: TraceContext, isForced: Bool = false, name: String,
        kind: SpanData.Kind, attributes: [Attribute], links: [SpanData.Link]
    ) -> TraceContext {
        var context = fresh
        let isIndependent = configuration.segmentSampling == .independent
        var decision = SamplingDecision(isSampled: previous.isSampled, state: "")
        if isForced {
            // Nobody can tell how many traces such a one stands for, so it has no threshold.
            decision = SamplingDecision(isSampled: true, state: carriedState(from: previous, isIndependent, nil))
        } else if isIndependent {
            decision = tracer.sampler.decide(
                parent: nil, traceID: context.traceID, state: carriedState(from: previous, true, nil), name: name,
                kind: kind, attributes: attributes, links: links)
        } else {
            let threshold = ProbabilityState(tracestate: previous.state).threshold
            decision.state = carriedState(from: previous, false, threshold)
        }
        context.state = decision.state
        if decision.isSampled { context.flags.insert(.sampled) } else { context.flags.remove(.sampled) }
        return context
    }

    /// What of a trace's state goes on in a new segment: the random number, so that samplers decide as about the first.
    ///
    /// What vendors wrote belongs to the trace before.
    private func carriedState(from previous: TraceContext, _ isWanted: Bool, _ threshold: UInt64?) -> String {
        let known = ProbabilityState(tracestate: previous.state)
        guard isWanted || known.threshold != nil || known.randomness != nil else { return "" }
        var carried = ProbabilityState()
        carried.randomness = previous.randomness
        carried.threshold = threshold
        return carried.applied(to: "")
    }
}

/// What a caller's context holds.
struct AmbientTrace {
    /// The span that the caller is in.
    var context: TraceContext?
    /// Whether the caller wants no spans.
    var isSuppressed = false
    /// The baggage that may be stored, as a header.
    var baggage = ""
}

extension TraceContext {
    /// The same context as one of this process's own.
    var local: TraceContext {
        var context = self
        context.isRemote = false
        return context
    }
}
