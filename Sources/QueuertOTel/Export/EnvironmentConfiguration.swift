import FoundationEssentials
public import Logging

/// What the environment variables of OpenTelemetry say about telemetry.
///
/// Nothing in the environment can make this fail: what can't be used is ignored and told in ``warnings``. What the
/// environment says can be changed before it is used, and what can't be used then is told there, too:
///
/// ```swift
/// var environment = EnvironmentConfiguration()
/// environment.exporter.maximumRequestBytes = 4 << 20
/// let telemetry = Telemetry(environment)
/// ```
public struct EnvironmentConfiguration: Hashable, Sendable {
    /// Where the telemetry of a signal goes: to one place, to several, or to none.
    public struct Destination: OptionSet, Hashable, Sendable {
        /// The places as bits.
        public let rawValue: Int

        /// Makes a set of places of bits.
        ///
        /// - Parameter rawValue: The bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// To an OTLP receiver.
        public static let otlp = Destination(rawValue: 1)
        /// To standard output, for people to read.
        public static let console = Destination(rawValue: 2)
        /// To standard output, for programs to read: a line of OTLP in JSON for each batch.
        public static let otlpStandardOutput = Destination(rawValue: 4)
        /// Nowhere.
        public static let none: Destination = []
    }

    /// How spans or log records are batched.
    public struct BatchProcessor: Hashable, Sendable {
        /// How long a span or a record waits for others at most; less than a millisecond counts as one.
        ///
        /// `OTEL_BSP_SCHEDULE_DELAY`; 5 s. `OTEL_BLRP_SCHEDULE_DELAY`; 1 s.
        public var scheduleDelay: Duration = .seconds(5)
        /// How long the export of a batch may take; `nil` for no limit.
        ///
        /// `OTEL_BSP_EXPORT_TIMEOUT`, `OTEL_BLRP_EXPORT_TIMEOUT`; 30 s.
        public var exportTimeout: Duration? = .seconds(30)
        /// How many wait at most; less than 1 counts as 1.
        ///
        /// `OTEL_BSP_MAX_QUEUE_SIZE`, `OTEL_BLRP_MAX_QUEUE_SIZE`; 2048.
        public var maximumQueueSize = 2048
        /// How many a batch has at most, no more than wait; less than 1 counts as 1.
        ///
        /// `OTEL_BSP_MAX_EXPORT_BATCH_SIZE`, `OTEL_BLRP_MAX_EXPORT_BATCH_SIZE`; 512.
        public var maximumBatchSize = 512

        /// Makes the default settings for spans.
        public init() {}
    }

    /// Whether telemetry is off altogether; contexts are still propagated.
    ///
    /// `OTEL_SDK_DISABLED`; false.
    public var isDisabled: Bool
    /// `OTEL_RESOURCE_ATTRIBUTES`, and `OTEL_SERVICE_NAME`, which beats the service name in the former.
    public var resource: Resource
    /// Where spans go.
    ///
    /// `OTEL_TRACES_EXPORTER`; OTLP.
    public var tracesExporter: Destination
    /// Which spans are sampled.
    ///
    /// `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`; as the parent, and all roots.
    public var sampler: SamplerSetting
    /// How much a span may hold.
    ///
    /// `OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT` and its kin.
    public var spanLimits: SpanLimits
    /// How spans are batched.
    public var batchProcessor: BatchProcessor
    /// How spans are sent.
    ///
    /// `OTEL_EXPORTER_OTLP_…`, and before it `OTEL_EXPORTER_OTLP_TRACES_…`.
    public var exporter: OTLPConfiguration
    /// What is done with metrics.
    public var metrics: Metrics
    /// What is done with log records.
    public var logs: Logs
    /// What is told of the queue, and what is stored with its jobs.
    public var queue: Queue
    /// Where errors are told, of attempts and of what is refused.
    ///
    /// `OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN`; on spans.
    public var exceptionSignal: QueueInstrumentation.ExceptionSignal
    /// Which headers carry contexts to other services and from them.
    ///
    /// `OTEL_PROPAGATORS`; those of the trace and of its baggage. What is stored with jobs doesn't depend on it.
    public var propagator: W3CPropagator
    /// The span that whoever started this process was in.
    ///
    /// `TRACEPARENT` and `TRACESTATE`; `nil`.
    public var parentContext: TraceContext?
    /// What goes along with the trace of whoever started this process.
    ///
    /// `BAGGAGE`; nothing.
    public var parentBaggage: Baggage
    /// From which level on telemetry logs about itself; `nil` where its logger decides.
    ///
    /// `OTEL_LOG_LEVEL`.
    public var logLevel: Logger.Level?
    /// What could not be used of the variables, and what can't be of what code has set since.
    public var warnings: [ConfigurationWarning] { variableWarnings + settingWarnings }
    private let variableWarnings: [ConfigurationWarning]

    /// Reads the environment variables of this process.
    public init() { self.init(environment: ProcessInfo.processInfo.environment) }

    /// Reads environment variables.
    ///
    /// - Parameter environment: The variables by name.
    public init(environment: [String: String]) {
        var reader = EnvironmentReader(environment)
        if reader.text("OTEL_CONFIG_FILE") != nil {
            reader.warn(
                "OTEL_CONFIG_FILE", "Configuration files are not supported, and this one is ignored.",
                hint: "Use the other variables, or configure in code.")
        }
        isDisabled = reader.isTrue("OTEL_SDK_DISABLED")
        resource = Self.resource(&reader)
        tracesExporter = reader.destination("OTEL_TRACES_EXPORTER")
        sampler = Self.sampler(&reader)
        spanLimits = Self.spanLimits(&reader)
        batchProcessor = reader.batchProcessor("OTEL_BSP_", BatchProcessor())
        exporter = OTLPConfiguration(&reader, signal: .traces)
        metrics = Metrics(&reader)
        logs = Logs(&reader)
        queue = Queue(&reader)
        exceptionSignal = reader.exceptionSignal("OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN")
        reader.checkStability("OTEL_SEMCONV_STABILITY_OPT_IN")
        propagator = reader.propagator("OTEL_PROPAGATORS")
        (parentContext, parentBaggage) = reader.parent(carriedBy: propagator)
        logLevel = reader.logLevel("OTEL_LOG_LEVEL")
        variableWarnings = reader.warnings
    }

    private static func resource(_ reader: inout EnvironmentReader) -> Resource {
        var resource = Resource()
        if let (variable, text) = reader.text("OTEL_RESOURCE_ATTRIBUTES") {
            let pairs = EnvironmentReader.pairs(text, decodesKeys: true)
            let readable = pairs.compactMap(\.self)
            if readable.count == pairs.count {
                for (key, value) in readable {
                    resource = resource.merging(Resource(attributes: [Attribute(key, .string(value))]))
                }
            } else {
                reader.warn(
                    variable, "A pair can't be read, so all are ignored.",
                    hint: "Write key=value,key=value; percent-encode commas, equals signs, percent signs and spaces.")
            }
        }
        if let (_, name) = reader.text("OTEL_SERVICE_NAME") {
            resource = resource.merging(Resource(attributes: [Attribute("service.name", .string(name))]))
        }
        return resource
    }

    private static func spanLimits(_ reader: inout EnvironmentReader) -> SpanLimits {
        var limits = SpanLimits()
        let range = 0...Int.max
        if let count = reader.number("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "OTEL_ATTRIBUTE_COUNT_LIMIT", in: range) {
            limits.attributes = count
        }
        limits.attributeValueLength = reader.number(
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", in: range)
        if let count = reader.number("OTEL_SPAN_EVENT_COUNT_LIMIT", in: range) { limits.events = count }
        if let count = reader.number("OTEL_SPAN_LINK_COUNT_LIMIT", in: range) { limits.links = count }
        if let count = reader.number("OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", in: range) {
            limits.attributesPerEvent = count
        }
        if let count = reader.number("OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", in: range) { limits.attributesPerLink = count }
        return limits
    }

    private static func sampler(_ reader: inout EnvironmentReader) -> SamplerSetting {
        let make: [(name: String, needsRatio: Bool, setting: (Double) -> SamplerSetting)] = [
            ("always_on", false, { _ in .alwaysOn }),
            ("always_off", false, { _ in .alwaysOff }),
            ("traceidratio", true, { .traceIDRatio($0) }),
            ("parentbased_always_on", false, { _ in .parentBasedAlwaysOn }),
            ("parentbased_always_off", false, { _ in .parentBasedAlwaysOff }),
            ("parentbased_traceidratio", true, { .parentBasedTraceIDRatio($0) }),
        ]
        guard let (variable, name) = reader.text("OTEL_TRACES_SAMPLER") else { return .parentBasedAlwaysOn }
        guard let sampler = make.first(where: { $0.name == name.lowercased() }) else {
            reader.warn(
                variable, "The sampler \"\(name)\" is not supported: parentbased_always_on holds.",
                hint: "Write \(make.map(\.name).joined(separator: ", ")).")
            return .parentBasedAlwaysOn
        }
        var ratio = 1.0
        if sampler.needsRatio, let (variable, text) = reader.text("OTEL_TRACES_SAMPLER_ARG") {
            if let number = Double(text), (0...1).contains(number) {
                ratio = number
            } else {
                reader.warn(
                    variable, "The value isn't a number from 0 to 1, and is ignored: 1 holds.", hint: "Write 0.1, say.")
            }
        }
        return sampler.setting(ratio)
    }
}
