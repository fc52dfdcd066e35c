import Foundation

@testable import QueuertCollector

/// Metrics and log records to test with, in OTLP's JSON.
enum SampleTelemetry {
    private static let resource =
        #""resource":{"attributes":[{"key":"service.name","value":{"stringValue":"indexer"}}]}"#
    private static let scope = #""scope":{"name":"queuert","version":"1"}"#

    /// A log record of a span.
    static func log(
        _ number: Int, trace: Int = 0, span: Int = 0, severity: Int = 9, text: String = "an attempt failed"
    ) -> String {
        """
        {"resourceLogs":[{\(resource),"scopeLogs":[{\(scope),"logRecords":[{"timeUnixNano":"\(1_000 + number)",\
        "severityNumber":\(severity),"severityText":"INFO","body":{"stringValue":"\(text)"},\
        "attributes":[{"key":"n","value":{"intValue":"\(number)"}}],"traceId":"\(Sample.traceID(trace))",\
        "spanId":"\(Sample.spanID(span))","eventName":"queuert.job.attempt.failed"}]}]}]}
        """
    }

    /// A histogram with an exemplar, a sum, a gauge, an exponential histogram and a summary, each with one point.
    static func metrics(_ number: Int, trace: Int = 0, span: Int = 0) -> String {
        let times = #""startTimeUnixNano":"500","timeUnixNano":"\#(1_000 + number)""#
        let attributes = #""attributes":[{"key":"type","value":{"stringValue":"index-file"}}]"#
        return """
            {"resourceMetrics":[{\(resource),"scopeMetrics":[{\(scope),"metrics":[\
            {"name":"messaging.process.duration","unit":"s","description":"How long.","histogram":{\
            "aggregationTemporality":2,"dataPoints":[{\(times),\(attributes),"count":"3","sum":1.5,"min":0.25,"max":1,\
            "bucketCounts":["1","2","0"],"explicitBounds":[0.5,1],"exemplars":[{"timeUnixNano":"999","asDouble":0.75,\
            "traceId":"\(Sample.traceID(trace))","spanId":"\(Sample.spanID(span))"}]}]}},\
            {"name":"queuert.jobs","unit":"{job}","sum":{"aggregationTemporality":2,"isMonotonic":true,\
            "dataPoints":[{\(times),\(attributes),"asInt":"\(number)"}]}},\
            {"name":"queuert.queue.age","unit":"s","gauge":{"dataPoints":[{\(times),"asDouble":-0.5}]}},\
            {"name":"latency","exponentialHistogram":{"aggregationTemporality":1,"dataPoints":[{\(times),"count":"2",\
            "scale":-1,"zeroCount":"0","positive":{"offset":-3,"bucketCounts":["1","1"]}}]}},\
            {"name":"old","summary":{"dataPoints":[{\(times),"count":"4","sum":2,"quantileValues":[\
            {"quantile":0.5,"value":1}]}]}}]}]}]}
            """
    }

    /// A sender's own metric of spans that it could not export.
    static func lostSpans(_ count: Int) -> String {
        """
        {"resourceMetrics":[{\(resource),"scopeMetrics":[{"metrics":[{"name":"otel.sdk.processor.span.processed","sum":{\
        "dataPoints":[{"timeUnixNano":"7","asInt":"\(count)","attributes":[{"key":"error.type","value":{"stringValue":\
        "queue_full"}}]}]}}]}]}]}
        """
    }

    /// The same request in protobuf.
    static func protobuf(_ json: String, _ signal: Signal) throws -> [UInt8] {
        try OTLPJSON.protobuf(of: Array(json.utf8), signal)
    }
}
