public import Queuert

extension EnvironmentConfiguration {
    /// What the environment variables say about what is told of the queue, where code says nothing.
    public struct Queue: Hashable, Sendable {
        /// When a chain's jobs leave the trace that the chain began in; `nil` where nothing is said.
        ///
        /// `QUEUERT_OTEL_TRACE_MODE`, and `QUEUERT_OTEL_TRACE_WINDOW` for how old a segment may be.
        public var mode: TraceMode?
        /// The names of baggage that is stored with a chain.
        ///
        /// `QUEUERT_OTEL_BAGGAGE_KEYS`; none.
        public var baggageKeys: Set<String>
        /// Whether a chain belongs to the trace of whoever starts it, and takes the baggage along.
        ///
        /// `QUEUERT_OTEL_CAPTURE`; yes.
        public var capturesCaller: Bool

        init(_ reader: inout EnvironmentReader) {
            mode = reader.traceMode("QUEUERT_OTEL_TRACE_MODE", window: "QUEUERT_OTEL_TRACE_WINDOW")
            baggageKeys = reader.baggageKeys("QUEUERT_OTEL_BAGGAGE_KEYS")
            capturesCaller =
                reader.word("QUEUERT_OTEL_CAPTURE", of: ["on": true, "off": false], otherwise: "on holds") ?? true
        }
    }
}

extension QueueInstrumentation.Configuration {
    /// Takes what the environment says where nothing else is said.
    mutating func complete(by environment: EnvironmentConfiguration) {
        mode = mode ?? environment.queue.mode
        exceptionSignal = exceptionSignal ?? environment.exceptionSignal
        capturesCaller = capturesCaller ?? environment.queue.capturesCaller
        if baggageKeys.isEmpty { baggageKeys = environment.queue.baggageKeys }
    }
}

extension EnvironmentReader {
    /// When chains leave their traces.
    fileprivate mutating func traceMode(_ variable: String, window windowVariable: String) -> TraceMode? {
        let known: KeyValuePairs<String, TraceMode> = ["bounded": .bounded, "single": .single, "linked": .linked]
        let mode = word(variable, of: known, otherwise: "bounded holds")
        guard let window = number(windowVariable, in: 1...Int.max) else { return mode }
        if let mode, mode != .bounded {
            warn(
                windowVariable, "Only traces that are bounded have a window, so the value is ignored.",
                hint: "Leave it out, or write bounded in \(variable).")
            return mode
        }
        return .bounded(window: .milliseconds(window))
    }

    /// Names of baggage, with commas between.
    fileprivate mutating func baggageKeys(_ variable: String) -> Set<String> {
        guard let (variable, text) = text(variable) else { return [] }
        let names = text.split(separator: ",").map { HTTPText.trimmed($0) }.filter { !$0.isEmpty }
        // Baggage has the names that HTTP's headers have.
        let (known, unknown) = (names.filter(HTTPText.isHeaderName), names.filter { !HTTPText.isHeaderName($0) })
        if !unknown.isEmpty {
            warn(
                variable, "What can't be a name of baggage is left out: \(unknown.joined(separator: ", ")).",
                hint: "Write names with commas between, such as tenant,region.")
        }
        return Set(known)
    }
}
