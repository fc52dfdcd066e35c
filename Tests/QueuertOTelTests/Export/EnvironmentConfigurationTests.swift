import Logging
import Testing

@testable import QueuertOTel

@Suite("Environment") struct EnvironmentConfigurationTests {
    private func read(_ environment: [String: String]) -> EnvironmentConfiguration {
        EnvironmentConfiguration(environment: environment)
    }

    private func exporter(_ environment: [String: String]) -> OTLPConfiguration {
        let configuration = read(environment)
        #expect(configuration.warnings.isEmpty)
        return configuration.exporter
    }

    @Test("without variables, and with empty ones, the defaults hold", arguments: ["", " "])
    func defaults(value: String) {
        let names = [
            "SDK_DISABLED", "SERVICE_NAME", "RESOURCE_ATTRIBUTES", "TRACES_SAMPLER", "TRACES_SAMPLER_ARG",
            "TRACES_EXPORTER", "BSP_SCHEDULE_DELAY", "BSP_MAX_QUEUE_SIZE", "EXPORTER_OTLP_ENDPOINT",
            "EXPORTER_OTLP_HEADERS", "EXPORTER_OTLP_TIMEOUT", "EXPORTER_OTLP_COMPRESSION", "EXPORTER_OTLP_PROTOCOL",
            "EXPORTER_OTLP_CERTIFICATE", "CONFIG_FILE", "PROPAGATORS", "LOG_LEVEL",
        ]
        let configuration = read(Dictionary(uniqueKeysWithValues: names.map { ("OTEL_\($0)", value) }))
        #expect(configuration == read([:]))
        #expect(configuration.exporter == OTLPConfiguration())
        #expect(configuration.exporter.endpoint.url == "http://localhost:4318/v1/traces")
        #expect(configuration.exporter.timeout == .seconds(10))
        #expect(configuration.sampler == .parentBasedAlwaysOn)
        #expect(configuration.tracesExporter == .otlp)
        #expect(configuration.batchProcessor == .init())
        #expect(configuration.resource == Resource())
        #expect(configuration.propagator == W3CPropagator())
        #expect(configuration.logLevel == nil)
        #expect(!configuration.isDisabled)
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        "X20 the general endpoint is a base, with one slash before v1/traces",
        arguments: [
            ("http://box:4318", "http://box:4318/v1/traces"), ("http://box:4318/", "http://box:4318/v1/traces"),
            ("https://box/otlp", "https://box/otlp/v1/traces"), ("https://box/otlp//", "https://box/otlp/v1/traces"),
            ("http://box", "http://box/v1/traces"), ("http://box/a?key=1#f", "http://box/a/v1/traces?key=1"),
            ("http://[::1]:4318", "http://[::1]:4318/v1/traces"),
        ])
    func base(text: String, url: String) {
        #expect(exporter(["OTEL_EXPORTER_OTLP_ENDPOINT": text]).endpoint.url == url)
    }

    @Test(
        "X20 the endpoint for traces is used as it is, and comes first",
        arguments: [
            ("http://box:4318", "http://box:4318/"), ("https://box/custom", "https://box/custom"),
            ("http://box/v1/traces/", "http://box/v1/traces/"),
        ])
    func own(text: String, url: String) {
        let environment = [
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": text, "OTEL_EXPORTER_OTLP_ENDPOINT": "http://other:1",
        ]
        #expect(exporter(environment).endpoint.url == url)
    }

    @Test(
        "X20 a wrong endpoint is a warning, and the default holds",
        arguments: ["box:4318", "ftp://box", "http://", "http://box:99999", "unix:/tmp/socket", "http://a b"])
    func wrongEndpoint(text: String) {
        let configuration = read(["OTEL_EXPORTER_OTLP_ENDPOINT": text])
        #expect(configuration.exporter.endpoint == .local)
        #expect(configuration.warnings.map(\.variable) == ["OTEL_EXPORTER_OTLP_ENDPOINT"])
        #expect(throws: OTLPEndpointError.self) { try OTLPEndpoint(url: text) }
    }

    @Test("an endpoint's user, password and query are not in its description")
    func redacted() throws {
        let endpoint = try OTLPEndpoint(url: "https://user:secret@box:1/a?key=secret")
        #expect(endpoint.url.contains("user:secret@"))
        #expect("\(endpoint)" == "https://box:1/a")
        #expect(String(reflecting: endpoint) == "https://box:1/a")
    }

    @Test(
        "loopback is known by its names",
        arguments: [
            ("http://localhost", true), ("http://LOCALHOST:1", true), ("http://127.0.0.1", true),
            ("http://127.8.9.1", true), ("http://[::1]", true), ("http://a.localhost", true),
            ("http://127.0.0.1.example.test", false), ("http://notlocalhost", false), ("http://10.0.0.1", false),
        ])
    func loopback(text: String, isLoopback: Bool) throws {
        #expect(try OTLPEndpoint(url: text).isLoopback == isLoopback)
    }

    @Test("X18 headers are percent-decoded, and those for traces come first")
    func headers() {
        let environment = [
            "OTEL_EXPORTER_OTLP_TRACES_HEADERS": "Authorization=Basic%20abc==, x-tenant = caf%C3%A9+1,",
            "OTEL_EXPORTER_OTLP_HEADERS": "other=1",
        ]
        #expect(exporter(environment).headers == ["Authorization": "Basic abc==", "x-tenant": "café+1"])
    }

    @Test(
        "X18 a header that can't be read is left out, and its value is not told",
        arguments: ["secret", "a=%zz-secret", "a=%4", "b a=secret", "=secret", "a=secret%0D%0Ab:1", "a=%FFsecret"])
    func wrongHeader(pair: String) {
        let configuration = read(["OTEL_EXPORTER_OTLP_HEADERS": "good=1,\(pair)"])
        #expect(configuration.exporter.headers == ["good": "1"])
        #expect(configuration.warnings.count == 1)
        #expect(!"\(configuration.warnings)".contains("secret"))
    }

    @Test("X18 the description of a configuration holds no header value")
    func description() {
        let configuration = OTLPConfiguration(headers: ["Authorization": "secret"])
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in ["\(configuration)", String(reflecting: configuration), dumped] {
            #expect(text.contains("Authorization"))
            #expect(!text.contains("secret"))
        }
    }

    @Test("X13 the timeout is in milliseconds, and zero is no limit")
    func timeout() {
        #expect(exporter(["OTEL_EXPORTER_OTLP_TIMEOUT": "2500"]).timeout == .milliseconds(2500))
        #expect(exporter(["OTEL_EXPORTER_OTLP_TIMEOUT": "0"]).timeout == nil)
        let both = ["OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "2"]
        #expect(exporter(both).timeout == .milliseconds(2))
    }

    @Test(
        "a value that can't be used is ignored with a warning",
        arguments: [
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "10s"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "-1"),
            ("OTEL_EXPORTER_OTLP_COMPRESSION", "zstd"),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "carrier-pigeon"),
            ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key.pem"), ("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/c.pem"),
            ("OTEL_SDK_DISABLED", "yes"), ("OTEL_TRACES_SAMPLER", "jaeger_remote"),
            ("OTEL_TRACES_EXPORTER", "otlp,zipkin"),
            ("OTEL_TRACES_EXPORTER", "zipkin"), ("OTEL_BSP_SCHEDULE_DELAY", "0"), ("OTEL_BSP_EXPORT_TIMEOUT", "x"),
            ("OTEL_BSP_MAX_QUEUE_SIZE", "0"), ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "-512"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b"), ("OTEL_RESOURCE_ATTRIBUTES", "a=1,b=%4"),
            ("OTEL_RESOURCE_ATTRIBUTES", "a%zz=1,b=2"), ("OTEL_PROPAGATORS", "b3"),
            ("OTEL_PROPAGATORS", "tracecontext,baggage,xray"), ("OTEL_PROPAGATORS", "none,baggage,tracecontext"),
            ("OTEL_LOG_LEVEL", "loud"),
            ("OTEL_CONFIG_FILE", "/otel.yaml"),
        ])
    func ignored(variable: String, value: String) {
        let configuration = read([variable: value])
        #expect(configuration.warnings.map(\.variable) == [variable])
        #expect(configuration.warnings.allSatisfy { $0.sentence.hasSuffix(".") && $0.hint.hasSuffix(".") })
        let defaults = read([:])
        #expect(configuration.exporter == defaults.exporter)
        #expect(configuration.resource == defaults.resource)
        #expect(configuration.propagator == defaults.propagator)
        #expect(configuration.logLevel == defaults.logLevel)
        #expect(configuration.sampler == defaults.sampler)
        #expect(configuration.batchProcessor == defaults.batchProcessor)
        #expect(configuration.tracesExporter == defaults.tracesExporter)
        #expect(configuration.isDisabled == defaults.isDisabled)
    }

    @Test("X03 words are read in any case")
    func words() {
        #expect(exporter(["OTEL_EXPORTER_OTLP_COMPRESSION": "GZIP"]).compression == .gzip)
        #expect(exporter(["OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "none"]).compression == .none)
        #expect(exporter(["OTEL_EXPORTER_OTLP_PROTOCOL": "HTTP/Protobuf"]) == OTLPConfiguration())
        #expect(exporter(["OTEL_EXPORTER_OTLP_PROTOCOL": "HTTP/JSON"]).encoding == .json)
        #expect(read(["OTEL_SDK_DISABLED": "TRUE"]).isDisabled)
        #expect(read(["OTEL_TRACES_EXPORTER": "None"]).tracesExporter == .none)
        #expect(read(["OTEL_TRACES_EXPORTER": "console, otlp"]).tracesExporter == [.otlp, .console])
        #expect(read(["OTEL_TRACES_EXPORTER": "Console"]).tracesExporter == .console)
        #expect(read(["OTEL_METRICS_EXPORTER": "console,none"]).metrics.destination == .console)
        #expect(read(["OTEL_LOGS_EXPORTER": "console"]).logs.destination == .console)
    }

    @Test("X19 certificates are read, with those for traces first")
    func certificates() {
        let configuration = exporter([
            "OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem", "OTEL_EXPORTER_OTLP_TRACES_CLIENT_CERTIFICATE": "/t.pem",
            "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE": "/c.pem", "OTEL_EXPORTER_OTLP_CLIENT_KEY": "/k.pem",
        ])
        #expect(configuration.certificateAuthorityPath == "/ca.pem")
        #expect(configuration.clientCertificate == .init(certificatePath: "/t.pem", keyPath: "/k.pem"))
    }

    @Test(
        "B06 all samplers of the specification are read",
        arguments: [
            ("always_on", SamplerSetting.alwaysOn), ("always_off", .alwaysOff), ("traceidratio", .traceIDRatio(0.25)),
            ("parentbased_always_on", .parentBasedAlwaysOn), ("parentbased_always_off", .parentBasedAlwaysOff),
            ("ParentBased_TraceIDRatio", .parentBasedTraceIDRatio(0.25)),
        ])
    func samplers(name: String, sampler: SamplerSetting) {
        let configuration = read(["OTEL_TRACES_SAMPLER": name, "OTEL_TRACES_SAMPLER_ARG": "0.25"])
        #expect(configuration.sampler == sampler)
        #expect(configuration.warnings.isEmpty)
    }

    @Test("B06 a ratio that isn't one counts as 1", arguments: ["-0.1", "1.1", "half", "nan"])
    func wrongRatio(text: String) {
        let configuration = read(["OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": text])
        #expect(configuration.sampler == .traceIDRatio(1))
        #expect(configuration.warnings.map(\.variable) == ["OTEL_TRACES_SAMPLER_ARG"])
    }

    @Test(
        "B06 a ratio of code's that isn't one counts as the nearest, with a warning",
        arguments: [(1.5, "1.000000"), (-0.5, "0.000000"), (.nan, "1.000000"), (-.infinity, "0.000000")]
            as [(Double, String)])
    func wrongRatioInCode(ratio: Double, text: String) {
        for setting in [SamplerSetting.traceIDRatio(ratio), .parentBasedTraceIDRatio(ratio)] {
            var configuration = read([:])
            configuration.sampler = setting
            #expect(configuration.warnings.map(\.variable) == ["sampler"])
            #expect("\(setting.sampler(Logger(label: "test")))".contains("TraceIdRatioBased{\(text)}"))
        }
        var configuration = read([:])
        configuration.sampler = .traceIDRatio(0.5)
        #expect(configuration.warnings.isEmpty)
    }

    @Test("B01 the batch settings are read, and a batch is no larger than the queue")
    func batchProcessor() {
        let configuration = read([
            "OTEL_BSP_SCHEDULE_DELAY": "100", "OTEL_BSP_EXPORT_TIMEOUT": "0", "OTEL_BSP_MAX_QUEUE_SIZE": "64",
        ])
        #expect(configuration.batchProcessor.scheduleDelay == .milliseconds(100))
        #expect(configuration.batchProcessor.exportTimeout == nil)
        #expect(configuration.batchProcessor.maximumQueueSize == 64)
        #expect(configuration.batchProcessor.maximumBatchSize == 64)
        #expect(configuration.warnings.map(\.variable) == ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE"])
    }

    @Test("B11 the service name beats the one in the attributes, and the last of equal keys holds")
    func resource() {
        let configuration = read([
            "OTEL_RESOURCE_ATTRIBUTES": "service.name=a,team=x%2Cy, team = z", "OTEL_SERVICE_NAME": "shop",
        ])
        #expect(
            configuration.resource == Resource(attributes: [Attribute("team", "z"), Attribute("service.name", "shop")]))
        #expect(configuration.warnings.isEmpty)
    }

    @Test("B11 names of attributes are percent-decoded, too")
    func attributeNames() {
        let configuration = read(["OTEL_RESOURCE_ATTRIBUTES": "team%2Cname=x"])
        #expect(configuration.resource == Resource(attributes: [Attribute("team,name", "x")]))
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        "propagators are read in any case and order, each once",
        arguments: [
            ("tracecontext", W3CPropagator.Parts.traceContext), ("Baggage, baggage", .baggage),
            ("baggage,tracecontext,baggage", .all), ("NONE", []),
        ] as [(String, W3CPropagator.Parts)])
    func propagators(text: String, parts: W3CPropagator.Parts) {
        let configuration = read(["OTEL_PROPAGATORS": text])
        #expect(configuration.propagator.parts == parts)
        #expect(configuration.warnings.isEmpty)
    }

    @Test(
        "the level of telemetry's own log is read in any case",
        arguments: [
            ("trace", Logger.Level.trace), ("DEBUG", .debug), ("info", .info), ("notice", .notice), ("warn", .warning),
            ("Warning", .warning), ("error", .error), ("critical", .critical), ("none", .critical),
        ])
    func logLevel(word: String, level: Logger.Level) {
        let configuration = read(["OTEL_LOG_LEVEL": word])
        #expect(configuration.logLevel == level)
        #expect(configuration.warnings.isEmpty)
    }

    @Test("X20 each signal has its own path below the general endpoint, and its own variables")
    func signals() {
        let configuration = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://box:1", "OTEL_EXPORTER_OTLP_TIMEOUT": "1",
            "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "2", "OTEL_EXPORTER_OTLP_METRICS_HEADERS": "a=1",
            "OTEL_EXPORTER_OTLP_METRICS_COMPRESSION": "gzip",
        ])
        #expect(configuration.exporter.endpoint.url == "http://box:1/v1/traces")
        #expect(configuration.exporter.timeout == .milliseconds(1))
        #expect(configuration.exporter.headers.isEmpty && configuration.exporter.compression == .none)
        let metrics = configuration.metrics.exporter
        #expect(metrics.endpoint.url == "http://box:1/v1/metrics")
        #expect(metrics.timeout == .milliseconds(2))
        #expect(metrics.headers == ["a": "1"] && metrics.compression == .gzip)
        #expect(read([:]).metrics.exporter.endpoint.url == "http://localhost:4318/v1/metrics")
        let own = read(["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://other:2/x"])
        #expect(own.metrics.exporter.endpoint.url == "http://other:2/x")
        #expect(own.exporter.endpoint == .local)
    }

    @Test("X20 a signal's variable that can't be used is told, and the general one holds")
    func generalHolds() {
        let configuration = read([
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "ftp://box", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://box:1",
            "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "soon", "OTEL_EXPORTER_OTLP_TIMEOUT": "7",
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "zstd", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
            "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "smoke", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json",
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "many", "OTEL_ATTRIBUTE_COUNT_LIMIT": "3",
        ])
        #expect(configuration.exporter.endpoint.url == "http://box:1/v1/traces")
        #expect(configuration.exporter.timeout == .milliseconds(7))
        #expect(configuration.exporter.compression == .gzip && configuration.exporter.encoding == .json)
        #expect(configuration.spanLimits.attributes == 3)
        #expect(
            configuration.warnings.map(\.variable).sorted() == [
                "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
                "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT",
                "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
            ])
    }

    @Test("X20 over gRPC, too, an address of a signal's that can't be used leaves the word to the general one")
    func generalHoldsOverGRPC() {
        let configuration = read([
            "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "ftp://box",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://box:1",
        ])
        #expect(configuration.exporter.endpoint == (try? OTLPEndpoint(grpc: "http://box:1")))
        #expect(configuration.warnings.map(\.variable) == ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
    }

    @Test("X20 where neither variable can be used both are told, and the default holds")
    func neitherHolds() {
        let configuration = read([
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "ftp://box", "OTEL_EXPORTER_OTLP_ENDPOINT": "box",
            "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "zstd", "OTEL_EXPORTER_OTLP_COMPRESSION": "brotli",
        ])
        #expect(configuration.exporter == OTLPConfiguration())
        #expect(
            configuration.warnings.map(\.variable) == [
                "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT",
                "OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "OTEL_EXPORTER_OTLP_COMPRESSION",
            ])
    }

    @Test("what is wrong with a general variable is told once, not once for each signal")
    func warnsOnce() {
        let configuration = read([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "box", "OTEL_EXPORTER_OTLP_HEADERS": "bad,worse",
            "OTEL_EXPORTER_OTLP_TIMEOUT": "soon", "OTEL_EXPORTER_OTLP_PROTOCOL": "smoke",
        ])
        #expect(configuration.warnings.count == 5)
    }

    @Test("B09 limits of spans are read; those for attributes in general hold where there is none of its own")
    func spanLimits() {
        #expect(read([:]).spanLimits == SpanLimits())
        let configuration = read([
            "OTEL_ATTRIBUTE_COUNT_LIMIT": "1", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "2",
            "OTEL_SPAN_EVENT_COUNT_LIMIT": "3", "OTEL_SPAN_LINK_COUNT_LIMIT": "4",
            "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT": "5", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT": "6",
        ])
        #expect(
            configuration.spanLimits
                == SpanLimits(
                    attributes: 1, events: 3, links: 4, attributesPerEvent: 5, attributesPerLink: 6,
                    attributeValueLength: 2))
        let own = read([
            "OTEL_ATTRIBUTE_COUNT_LIMIT": "1", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT": "7",
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "2", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT": "8",
        ])
        #expect(own.spanLimits == SpanLimits(attributes: 7, attributeValueLength: 8))
        #expect(read(["OTEL_SPAN_EVENT_COUNT_LIMIT": "-1"]).warnings.count == 1)
    }

    @Test("metrics have their defaults, and the variables change them")
    func metrics() {
        let defaults = read([:]).metrics
        #expect(defaults.destination == .otlp)
        #expect(defaults.reader == .init(interval: .seconds(60), timeout: .seconds(30)))
        #expect(defaults.meters == .init())
        let configuration = read([
            "OTEL_METRICS_EXPORTER": "none", "OTEL_METRIC_EXPORT_INTERVAL": "1000", "OTEL_METRIC_EXPORT_TIMEOUT": "500",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "DELTA",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION": "base2_exponential_bucket_histogram",
        ])
        #expect(configuration.warnings.isEmpty)
        #expect(configuration.metrics.destination == .none)
        #expect(configuration.metrics.reader == .init(interval: .seconds(1), timeout: .milliseconds(500)))
        #expect(configuration.metrics.meters.temporality == .delta)
        #expect(configuration.metrics.meters.histogramBuckets == .exponential(maximumSize: 160, maximumScale: 20))
    }

    @Test(
        "a metrics setting that can't be used is a warning, and the default holds",
        arguments: [
            "OTEL_METRICS_EXPORTER", "OTEL_METRIC_EXPORT_INTERVAL", "OTEL_METRIC_EXPORT_TIMEOUT",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE",
            "OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION",
        ])
    func wrongMetrics(variable: String) {
        let configuration = read([variable: "sometimes"])
        #expect(configuration.metrics == read([:]).metrics)
        #expect(configuration.warnings.map(\.variable) == [variable])
    }

    @Test("log records have their defaults, and the variables change them")
    func logs() {
        let defaults = read([:]).logs
        #expect(defaults.destination == .otlp)
        #expect(defaults.batchProcessor.scheduleDelay == .seconds(1))
        #expect(defaults.batchProcessor.maximumQueueSize == 2048 && defaults.batchProcessor.maximumBatchSize == 512)
        #expect(defaults.limits == LogRecordLimits())
        #expect(defaults.exporter.endpoint.url == "http://localhost:4318/v1/logs")
        let configuration = read([
            "OTEL_LOGS_EXPORTER": "none", "OTEL_BLRP_SCHEDULE_DELAY": "5", "OTEL_BLRP_EXPORT_TIMEOUT": "6",
            "OTEL_BLRP_MAX_QUEUE_SIZE": "7", "OTEL_BLRP_MAX_EXPORT_BATCH_SIZE": "3", "OTEL_BSP_MAX_QUEUE_SIZE": "900",
            "OTEL_ATTRIBUTE_COUNT_LIMIT": "8", "OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT": "9",
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "10", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT": "11",
        ])
        #expect(configuration.warnings.isEmpty)
        let logs = configuration.logs
        #expect(logs.destination == .none)
        #expect(logs.batchProcessor.scheduleDelay == .milliseconds(5))
        #expect(logs.batchProcessor.exportTimeout == .milliseconds(6))
        #expect(logs.batchProcessor.maximumQueueSize == 7 && logs.batchProcessor.maximumBatchSize == 3)
        #expect(logs.limits == LogRecordLimits(attributes: 8, attributeValueLength: 9))
        #expect(logs.exporter.timeout == .milliseconds(11))
    }

    @Test(
        "which measurements become exemplars is told by a word",
        arguments: [
            ("trace_based", ExemplarFilter.traceBased), ("ALWAYS_ON", .alwaysOn), ("always_off", .alwaysOff),
            ("sometimes", .traceBased),
        ])
    func exemplars(word: String, filter: ExemplarFilter) {
        let configuration = read(["OTEL_METRICS_EXEMPLAR_FILTER": word])
        #expect(configuration.metrics.meters.exemplarFilter == filter)
        #expect(configuration.warnings.isEmpty == (word != "sometimes"))
    }

    @Test(
        "where errors are told is what the conventions' variable says",
        arguments: [
            ("", QueueInstrumentation.ExceptionSignal.spans), ("logs", .logs), ("logs/dup", .both),
            ("http, logs", .logs), ("spans", .spans),
        ])
    func exceptionSignal(text: String, signal: QueueInstrumentation.ExceptionSignal) {
        let configuration = read(["OTEL_SEMCONV_EXCEPTION_SIGNAL_OPT_IN": text])
        #expect(configuration.exceptionSignal == signal)
        #expect(configuration.warnings.isEmpty == (text != "spans"))
    }
}
