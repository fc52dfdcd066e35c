internal import Queuert

/// Telemetry as lines for people to read.
enum ConsoleText {
    /// A span, and below it what happened and what it links to.
    static func lines(_ span: SpanData) -> [String] {
        var parts = [
            time(span.start), "span", quoted(span.name), "\(span.kind)", duration(from: span.start, to: span.end),
            "trace=\(span.context.traceID)", "span=\(span.context.spanID)",
        ]
        if let parent = span.parent { parts.append("parent=\(parent.spanID)") }
        switch span.status {
        case .unset: break
        case .ok: parts.append("status=ok")
        case .error(let description): parts.append("status=error \(quoted(description))")
        }
        parts += texts(span.attributes)
        let events = span.events.map { event in
            (["  event", time(event.time), quoted(event.name)] + texts(event.attributes)).joined(separator: " ")
        }
        let links = span.links.map { link in
            (["  link", "trace=\(link.context.traceID)", "span=\(link.context.spanID)"] + texts(link.attributes))
                .joined(separator: " ")
        }
        return [parts.joined(separator: " ")] + events + links
    }

    /// A log record.
    static func line(_ record: LogRecordData) -> String {
        var parts = [time(record.time), "log", record.severity.name]
        if !record.eventName.isEmpty { parts.append("event=\(quoted(record.eventName))") }
        parts.append(quoted(record.body))
        if let context = record.context { parts += ["trace=\(context.traceID)", "span=\(context.spanID)"] }
        return (parts + texts(record.attributes)).joined(separator: " ")
    }

    /// Each point of a metric.
    static func lines(_ metric: MetricData) -> [String] {
        switch metric.content {
        case .gauge(let points), .sum(let points, _, _):
            points.map { line(metric, $0.time, $0.attributes, number($0.value)) }
        case .histogram(let points, _):
            points.map { point in
                let distribution = point.distribution
                return line(
                    metric, point.time, point.attributes,
                    summary(distribution.count, distribution.sum, distribution.minimum, distribution.maximum))
            }
        case .exponentialHistogram(let points, _):
            points.map { point in
                let distribution = point.distribution
                return line(
                    metric, point.time, point.attributes,
                    summary(distribution.count, distribution.sum, distribution.minimum, distribution.maximum))
            }
        }
    }

    private static func line(
        _ metric: MetricData, _ time: UInt64, _ attributes: AttributeSet, _ value: String
    ) -> String {
        var parts = [self.time(time), "metric", quoted(metric.descriptor.name), value]
        if !metric.descriptor.unit.isEmpty { parts.append(quoted(metric.descriptor.unit)) }
        return (parts + texts(attributes.attributes)).joined(separator: " ")
    }

    private static func summary(_ count: UInt64, _ sum: Double, _ minimum: Double?, _ maximum: Double?) -> String {
        var parts = ["count=\(count)", "sum=\(sum)"]
        if let minimum { parts.append("min=\(minimum)") }
        if let maximum { parts.append("max=\(maximum)") }
        return parts.joined(separator: " ")
    }

    private static func number(_ value: MetricValue) -> String {
        switch value {
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        }
    }

    private static func texts(_ attributes: [Attribute]) -> [String] {
        attributes.map { "\(quoted($0.key))=\(text($0.value))" }
    }

    private static func text(_ value: AttributeValue) -> String {
        switch value {
        case .string(let text): quoted(text)
        case .bool(let truth): "\(truth)"
        case .int(let number): "\(number)"
        case .double(let number): "\(number)"
        case .array(let elements): "[\(elements.map(text).joined(separator: ", "))]"
        }
    }

    private static func time(_ nanoseconds: UInt64) -> String { Timestamp(nanoseconds: nanoseconds).iso8601 }

    private static func duration(from start: UInt64, to end: UInt64) -> String {
        "\(Duration.nanoseconds(end > start ? Int64(clamping: end - start) : 0))"
    }

    /// Text that stays on its line: as it is if it is a plain word, else in quotes with what would leave them escaped.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy { (33..<127).contains($0.value) && $0 != "\"" && $0 != "=" }
        return isPlain && !text.isEmpty ? text : text.debugDescription
    }
}
