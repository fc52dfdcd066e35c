import Queuert
import Testing
import Tracing

@testable import QueuertOTel

@Suite("Environment, name by name") struct EnvironmentVariablesTests {
    private func read(_ environment: [String: String]) -> EnvironmentConfiguration {
        EnvironmentConfiguration(environment: environment)
    }

    private static let traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    /// Names, and values that aren't the default.
    private static let values: [String: String] = [
        "OTEL_SDK_DISABLED": "true", "OTEL_SERVICE_NAME": "shop", "OTEL_RESOURCE_ATTRIBUTES": "team=x",
        "OTEL_LOG_LEVEL": "debug", "OTEL_PROPAGATORS": "none", "OTEL_CONFIG_FILE": "/otel.yaml",
        "OTEL_TRACES_SAMPLER": "always_off", "OTEL_TRACES_SAMPLER_ARG": "0.5", "OTEL_TRACES_EXPORTER": "none",
        "OTEL_METRICS_EXPORTER": "none", "OTEL_LOGS_EXPORTER": "none", "OTEL_BSP_SCHEDULE_DELAY": "1",
        "OTEL_BSP_EXPORT_TIMEOUT": "1", "OTEL_BSP_MAX_QUEUE_SIZE": "600", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "1",
        "OTEL_BLRP_SCHEDULE_DELAY": "1", "OTEL_BLRP_EXPORT_TIMEOUT": "1", "OTEL_BLRP_MAX_QUEUE_SIZE": "600",
        "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "1", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "1",
        "OTEL_ATTRIBUTE_COUNT_LIMIT": "1", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "1",
        "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "1", "OTEL_SPAN_EVENT_COUNT_LIMIT": "1", "OTEL_SPAN_LINK_COUNT_LIMIT": "1",
        "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": "1", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": "1",
        "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT": "1", "OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT": "1",
        "OTEL_METRIC_EXPORT_INTERVAL": "1", "OTEL_METRIC_EXPORT_TIMEOUT": "1",
        "OTEL_METRICS_EXEMPLAR_FILTER": "always_on", "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
        "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
        "OTEL_SEMCONV_STABILITY_OPT_IN": "messaging/dup", "OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN": "logs",
        "TRACEPARENT": traceparent, "TRACESTATE": "a=1", "BAGGAGE": "a=1", "QUEUERT_OTEL_TRACE_MODE": "linked",
        "QUEUERT_OTEL_TRACE_WINDOW": "1", "QUEUERT_OTEL_BAGGAGE_KEYS": "a", "QUEUERT_OTEL_CAPTURE": "off",
        "QUEUERT_OTEL_SELF_METRICS": "true",
    ]

    /// What is behind `OTEL_EXPORTER_OTLP_`, and behind that and a signal's name.
    private static let exporterValues: [String: String] = [
        "ENDPOINT": "http://box:1", "PROTOCOL": "http/json", "HEADERS": "a=1", "TIMEOUT": "1", "COMPRESSION": "gzip",
        "CERTIFICATE": "/ca.pem", "CLIENT_KEY": "/k.pem", "CLIENT_CERTIFICATE": "/c.pem", "INSECURE": "true",
    ]

    /// Without what else a variable means nothing.
    private static let others: [String: [String: String]] = [
        "OTEL_TRACES_SAMPLER_ARG": ["OTEL_TRACES_SAMPLER": "traceidratio"],
        "TRACESTATE": ["TRACEPARENT": traceparent],
        "CLIENT_KEY": ["OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/c.pem"],
        "CLIENT_CERTIFICATE": ["OTEL_EXPORTER_OTLP_CLIENT_KEY": "/k.pem"],
        "INSECURE": ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT": "box:1"],
    ]

    @Test("each variable changes what is configured, or is told not to")
    func all() {
        func isRead(_ name: String, _ value: String, besides others: [String: String]?) -> Bool {
            read((others ?? [:]).merging([name: value]) { $1 }) != read(others ?? [:])
        }
        var unread = Self.values.filter { !isRead($0.key, $0.value, besides: Self.others[$0.key]) }.map(\.key)
        for (name, value) in Self.exporterValues {
            for prefix in ["", "TRACES_", "METRICS_", "LOGS_"] {
                let variable = "OTEL_EXPORTER_OTLP_\(prefix)\(name)"
                if !isRead(variable, value, besides: Self.others[name]) { unread.append(variable) }
            }
        }
        #expect(unread.sorted() == [])
    }

    @Test(
        "a value that can't be used is ignored with one warning",
        arguments: [
            ("TRACEPARENT", "00-1"), ("TRACEPARENT", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("BAGGAGE", "tenant"), ("QUEUERT_OTEL_TRACE_MODE", "forever"), ("QUEUERT_OTEL_TRACE_WINDOW", "0"),
            ("QUEUERT_OTEL_TRACE_WINDOW", "15m"), ("QUEUERT_OTEL_BAGGAGE_KEYS", "a b"),
            ("QUEUERT_OTEL_CAPTURE", "no"), ("QUEUERT_OTEL_SELF_METRICS", "1"),
            ("OTEL_SEMCONV_STABILITY_OPT_IN", "http,messaging/dup"),
        ])
    func ignored(variable: String, value: String) {
        let (configuration, defaults) = (read([variable: value]), read([:]))
        #expect(configuration.warnings.map(\.variable) == [variable])
        #expect(configuration.warnings.allSatisfy { $0.sentence.hasSuffix(".") && $0.hint.hasSuffix(".") })
        #expect(configuration.queue == defaults.queue && configuration.metrics == defaults.metrics)
        #expect(configuration.parentContext == nil && configuration.parentBaggage.isEmpty)
        #expect(configuration.parent == nil)
    }

    @Test("whoever started the process is the parent, with tracestate and baggage")
    func parent() throws {
        let carried = ["TRACEPARENT": Self.traceparent, "TRACESTATE": "a=1", "BAGGAGE": "tenant=7"]
        let configuration = read(carried)
        #expect(configuration.warnings.isEmpty)
        let parent = try #require(configuration.parent)
        #expect(parent.traceContext == TraceContext(traceparent: Self.traceparent, tracestate: "a=1"))
        #expect(parent.traceContext?.isRemote == true)
        #expect(parent.baggage["tenant"] == "7")
        #expect(read([:]).parent == nil)
        #expect(read(["TRACESTATE": "a=1"]).parent == nil)
        let disabled = read(carried.merging(["OTEL_SDK_DISABLED": "true"]) { $1 })
        #expect(disabled.parentContext == configuration.parentContext)
    }

    @Test("only what is propagated is read of whoever started the process")
    func propagators() {
        let carried = ["TRACEPARENT": "nonsense", "BAGGAGE": "tenant=7", "OTEL_PROPAGATORS": "baggage"]
        let configuration = read(carried)
        #expect(configuration.parentContext == nil && configuration.parentBaggage["tenant"] == "7")
        #expect(configuration.warnings.isEmpty)
    }

    @Test("a tracestate that can't be read is left out, and the parent stays")
    func tracestate() {
        let configuration = read(["TRACEPARENT": Self.traceparent, "TRACESTATE": "a b"])
        #expect(configuration.parentContext == TraceContext(traceparent: Self.traceparent))
        #expect(configuration.warnings.map(\.variable) == ["TRACESTATE"])
    }

    @Test(
        "the trace mode is read in any case, and its window in milliseconds",
        arguments: [
            (["": ""], nil), (["MODE": "Bounded"], .bounded), (["MODE": "single"], .single),
            (["MODE": "LINKED"], .linked), (["WINDOW": "60000"], .bounded(window: .seconds(60))),
            (["MODE": "bounded", "WINDOW": "60000"], .bounded(window: .seconds(60))),
        ] as [([String: String], TraceMode?)])
    func traceMode(words: [String: String], mode: TraceMode?) {
        let variables = words.map { ("QUEUERT_OTEL_TRACE_\($0.key)", $0.value) }
        let configuration = read(Dictionary(uniqueKeysWithValues: variables))
        #expect(configuration.queue.mode == mode)
        #expect(configuration.warnings.isEmpty)
    }

    @Test("a window of a mode that has none is ignored with a warning")
    func windowWithoutMode() {
        let configuration = read(["QUEUERT_OTEL_TRACE_MODE": "single", "QUEUERT_OTEL_TRACE_WINDOW": "1"])
        #expect(configuration.queue.mode == TraceMode.single)
        #expect(configuration.warnings.map(\.variable) == ["QUEUERT_OTEL_TRACE_WINDOW"])
    }

    @Test("baggage is named with commas between; what can't be a name is left out")
    func baggageKeys() {
        let configuration = read(["QUEUERT_OTEL_BAGGAGE_KEYS": " tenant, region,,a b"])
        #expect(configuration.queue.baggageKeys == ["tenant", "region"])
        #expect(configuration.warnings.map(\.variable) == ["QUEUERT_OTEL_BAGGAGE_KEYS"])
    }

    @Test("the caller is captured unless that is off", arguments: [("on", true), ("OFF", false)])
    func capture(word: String, isOn: Bool) {
        let configuration = read(["QUEUERT_OTEL_CAPTURE": word])
        #expect(configuration.queue.capturesCaller == isOn)
        #expect(configuration.warnings.isEmpty)
    }

    @Test("names of messaging's newest conventions may be asked for, as may those of other libraries")
    func stability() {
        #expect(read(["OTEL_SEMCONV_STABILITY_OPT_IN": "messaging, http/dup"]).warnings.isEmpty)
    }

    @Test("OTLP on standard output is a place of its own, which others may be beside")
    func standardOutput() {
        let configuration = read([
            "OTEL_TRACES_EXPORTER": "OTLP/stdout", "OTEL_METRICS_EXPORTER": "otlp,otlp/stdout,console",
        ])
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.tracesExporter == .otlpStandardOutput)
        #expect(configuration.metrics.destination == [.otlp, .otlpStandardOutput, .console])
    }
}
