package import Logging
internal import Tracing

/// Reads environment variables by OpenTelemetry's rules, and notes what is wrong with them.
///
/// An empty variable counts as unset. A value that can't be used is ignored with a warning.
package struct EnvironmentReader {
    private let environment: [String: String]
    package private(set) var warnings: [ConfigurationWarning] = []

    package init(_ environment: [String: String]) {
        self.environment = environment
    }

    /// The text of the first of the variables that is set, and which one that is.
    package func text(_ variables: String...) -> (variable: String, value: String)? { texts(variables).first }

    /// The texts of those of the variables that are set.
    func texts(_ variables: [String]) -> [(variable: String, value: String)] {
        var texts: [(variable: String, value: String)] = []
        for variable in variables {
            let value = HTTPText.trimmed(environment[variable] ?? "")
            if !value.isEmpty { texts.append((variable, value)) }
        }
        return texts
    }

    /// What the first of the variables says that can be used; what is wrong with those before it is told.
    ///
    /// So a signal's own variable that can't be used leaves the word to the general one, whose name `problem` is given.
    private mutating func first<Value>(
        _ variables: [String], read: (String) -> Value?,
        problem: (_ text: String, _ next: String?) -> (sentence: String, hint: String)
    ) -> Value? {
        let texts = texts(variables)
        for (index, text) in texts.enumerated() {
            if let value = read(text.value) { return value }
            let next = index + 1 < texts.count ? texts[index + 1].variable : nil
            let (sentence, hint) = problem(text.value, next)
            warn(text.variable, sentence, hint: hint)
        }
        return nil
    }

    /// Notes what is wrong; only once, though each signal reads the general variables.
    package mutating func warn(_ variable: String, _ sentence: String, hint: String) {
        let warning = ConfigurationWarning(variable: variable, sentence: sentence, hint: hint)
        if !warnings.contains(warning) { warnings.append(warning) }
    }

    /// True for "true" in any case; other words but "false" are wrong and mean false, as OpenTelemetry has it.
    mutating func isTrue(_ variables: String...) -> Bool {
        guard let (variable, value) = texts(variables).first else { return false }
        let word = value.lowercased()
        if word != "true", word != "false" {
            warn(variable, "The value is neither true nor false, and counts as false.", hint: "Write true or false.")
        }
        return word == "true"
    }

    /// A whole number that is in the range.
    package mutating func number(_ variables: String..., in range: ClosedRange<Int>) -> Int? {
        first(variables) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } problem: { _, _ in
            let limit =
                range.upperBound == .max ? "from \(range.lowerBound)" : "\(range.lowerBound)...\(range.upperBound)"
            return ("The value isn't a whole number \(limit), and is ignored.", "Write such a number.")
        }
    }

    /// A timeout in milliseconds; zero stands for none, which is `.some(nil)`.
    mutating func timeout(_ variables: String...) -> Duration?? {
        let milliseconds: Int? = first(variables) { text in
            Int(text).flatMap { $0 >= 0 ? $0 : nil }
        } problem: { _, _ in
            ("The value isn't a number of milliseconds, and is ignored.", "Write a whole number, or 0 for no limit.")
        }
        guard let milliseconds else { return nil }
        return .some(milliseconds == 0 ? nil : .milliseconds(milliseconds))
    }

    /// One of some words, in any case.
    mutating func word<Value>(
        _ variables: String..., of words: KeyValuePairs<String, Value>, otherwise: String
    ) -> Value? {
        first(variables) { text in
            words.first { $0.key == text.lowercased() }?.value
        } problem: { text, next in
            let instead = next.map { "\($0) counts" } ?? otherwise
            return (
                "\"\(text)\" is unknown, and ignored: \(instead).",
                "Write \(words.map(\.key).joined(separator: ", "))."
            )
        }
    }

    /// Where a signal goes.
    mutating func destination(_ variable: String) -> EnvironmentConfiguration.Destination {
        several(
            variable, of: ["otlp": .otlp, "console": .console, "otlp/stdout": .otlpStandardOutput],
            eachBeing: "exporter", otherwise: .otlp)
    }

    /// Which headers are propagated.
    mutating func propagator(_ variable: String) -> W3CPropagator {
        let parts = several(
            variable, of: ["tracecontext": W3CPropagator.Parts.traceContext, "baggage": .baggage],
            eachBeing: "propagator", otherwise: .all)
        return W3CPropagator(parts)
    }

    /// One or several of some words, in any case and with commas between, or `none`.
    private mutating func several<Value: OptionSet>(
        _ variable: String, of known: KeyValuePairs<String, Value>, eachBeing noun: String, otherwise: Value
    ) -> Value {
        guard let (variable, text) = text(variable) else { return otherwise }
        let words = text.split(separator: ",").map { HTTPText.trimmed($0).lowercased() }
        var wanted: Value = []
        for word in words where word != "none" {
            if let match = known.first(where: { $0.key == word }) {
                wanted.formUnion(match.value)
            } else {
                warn(
                    variable, "The \(noun) \"\(word)\" is not supported, and is ignored.",
                    hint: "Write \(known.map(\.key).joined(separator: ", ")), several with commas between, or none.")
            }
        }
        let isNone = words.contains("none")
        if isNone, !wanted.isEmpty {
            warn(variable, "\"none\" beside other \(noun)s is ignored.", hint: "Write none alone, or leave it out.")
        }
        return wanted.isEmpty && !isNone ? otherwise : wanted
    }

    /// From which level on something is logged.
    package mutating func logLevel(_ variable: String) -> Logger.Level? {
        word(
            variable,
            of: [
                "trace": Logger.Level.trace, "debug": .debug, "info": .info, "notice": .notice, "warn": .warning,
                "warning": .warning, "error": .error, "critical": .critical, "none": .critical,
            ], otherwise: "the logger's own level holds")
    }

    /// Where errors are told: a list of words, of which others may be for other libraries.
    mutating func exceptionSignal(_ variable: String) -> QueueInstrumentation.ExceptionSignal {
        guard let (variable, text) = text(variable) else { return .spans }
        let words = text.split(separator: ",").map { HTTPText.trimmed($0).lowercased() }
        if words.contains("logs/dup") { return .both }
        if words.contains("logs") { return .logs }
        warn(
            variable, "\"\(text)\" is unknown, and ignored: errors are told on spans.", hint: "Write logs or logs/dup.")
        return .spans
    }

    /// Whether names of the conventions are wanted that are not told: a list of words, of which others may be for other
    /// libraries.
    mutating func checkStability(_ variable: String) {
        guard let (variable, text) = text(variable) else { return }
        let words = text.split(separator: ",").map { HTTPText.trimmed($0).lowercased() }
        for word in words where word.hasPrefix("messaging/") {
            warn(
                variable, "\"\(word)\" is ignored: messaging has only the names of the newest conventions.",
                hint: "Write messaging, or leave it out.")
        }
    }

    /// The trace and the baggage that whoever started the process has left in `TRACEPARENT`, `TRACESTATE` and `BAGGAGE`.
    mutating func parent(carriedBy propagator: W3CPropagator) -> (context: TraceContext?, baggage: Baggage) {
        var context = ServiceContext.topLevel
        propagator.extract(environment, into: &context, using: CarrierVariables())
        if propagator.parts.contains(.traceContext), let (variable, _) = text("TRACEPARENT") {
            if let traceContext = context.traceContext {
                if traceContext.state.isEmpty, let (variable, _) = text("TRACESTATE") {
                    warn(
                        variable, "The value isn't a tracestate, and is ignored.",
                        hint: "Set it as the specification of W3C Trace Context has it, or leave it out.")
                }
            } else {
                warn(
                    variable, "The value isn't a traceparent, and is ignored.",
                    hint: "Set it as the specification of W3C Trace Context has it, or leave it out.")
            }
        }
        if propagator.parts.contains(.baggage), context.baggage.isEmpty, let (variable, _) = text("BAGGAGE") {
            warn(
                variable, "The value isn't baggage, and is ignored.",
                hint: "Write name=value,name=value, percent-encoded, or leave it out.")
        }
        return (context.traceContext, context.baggage)
    }

    /// Headers by the names that they have as environment variables.
    private struct CarrierVariables: Extractor {
        func extract(key: String, from environment: [String: String]) -> String? { environment[key.uppercased()] }
    }

    /// How a signal is batched; the variables begin with a prefix.
    mutating func batchProcessor(
        _ prefix: String, _ defaults: EnvironmentConfiguration.BatchProcessor
    ) -> EnvironmentConfiguration.BatchProcessor {
        var batch = defaults
        if let delay = number(prefix + "SCHEDULE_DELAY", in: 1...Int.max) {
            batch.scheduleDelay = .milliseconds(delay)
        }
        if let timeout = timeout(prefix + "EXPORT_TIMEOUT") { batch.exportTimeout = timeout }
        if let size = number(prefix + "MAX_QUEUE_SIZE", in: 1...Int.max) { batch.maximumQueueSize = size }
        if let size = number(prefix + "MAX_EXPORT_BATCH_SIZE", in: 1...Int.max) { batch.maximumBatchSize = size }
        if batch.maximumBatchSize > batch.maximumQueueSize {
            warn(
                prefix + "MAX_EXPORT_BATCH_SIZE",
                "A batch can't be larger than the queue, so it is cut to \(batch.maximumQueueSize).",
                hint: "Make \(prefix)MAX_QUEUE_SIZE larger, or the batch smaller.")
            batch.maximumBatchSize = batch.maximumQueueSize
        }
        return batch
    }

    /// Pairs like `key=value,key=value` with percent-encoded values; `nil` stands for a pair that can't be read.
    ///
    /// The keys of attributes are encoded, too; the names of headers are not.
    static func pairs(_ text: String, decodesKeys: Bool = false) -> [(key: String, value: String)?] {
        text.split(separator: ",").map(HTTPText.trimmed).filter { !$0.isEmpty }.map { pair in
            guard let sign = pair.firstIndex(of: "=") else { return nil }
            let name = HTTPText.trimmed(pair[..<sign])
            guard !name.isEmpty, let key = decodesKeys ? PercentEncoding.decode(name) : name,
                let value = PercentEncoding.decode(HTTPText.trimmed(pair[pair.index(after: sign)...]))
            else { return nil }
            return (key, value)
        }
    }
}
