public import QueuertOTel

/// A log record as it should be.
///
/// What isn't mentioned may be anything.
public struct LogRecordExpectation: Sendable {
    var eventName: String?
    var body: String?
    var severity: LogSeverity?
    var attributes: [(key: String, matcher: AttributeMatcher)]
    var otherAttributesAllowed = true
    var context: TraceContext?

    private func with(_ change: (inout LogRecordExpectation) -> Void) -> LogRecordExpectation {
        var copy = self
        change(&copy)
        return copy
    }

    /// The record was made in a span.
    ///
    /// - Parameter span: The span, such as one that a ``TraceMatch`` names.
    /// - Returns: The expectation.
    public func inSpan(_ span: SpanData) -> LogRecordExpectation { with { $0.context = span.context } }

    /// The record has an attribute.
    ///
    /// - Parameters:
    ///   - key: The attribute's name.
    ///   - matcher: What the value must be.
    /// - Returns: The expectation.
    public func attribute(_ key: String, _ matcher: AttributeMatcher) -> LogRecordExpectation {
        with { $0.attributes.append((key, matcher)) }
    }

    /// The record has no other attributes than those that are mentioned.
    ///
    /// - Returns: The expectation.
    public func exactAttributes() -> LogRecordExpectation { with { $0.otherAttributesAllowed = false } }
}

/// A log record as it should be, by its message.
///
/// - Parameters:
///   - body: The message.
///   - severity: How much it matters; `nil` if it may be any.
///   - attributes: Attributes that the record must have, among others.
/// - Returns: The expectation.
public func logRecord(
    _ body: String, _ severity: LogSeverity? = nil, _ attributes: KeyValuePairs<String, AttributeMatcher> = [:]
) -> LogRecordExpectation {
    LogRecordExpectation(body: body, severity: severity, attributes: attributes.map { ($0.key, $0.value) })
}

/// A log record as it should be, by the event that it tells of.
///
/// - Parameters:
///   - eventName: The event's name, such as `queuert.job.failed`.
///   - severity: How much it matters; `nil` if it may be any.
///   - attributes: Attributes that the record must have, among others.
/// - Returns: The expectation.
public func logRecord(
    event eventName: String, _ severity: LogSeverity? = nil,
    _ attributes: KeyValuePairs<String, AttributeMatcher> = [:]
) -> LogRecordExpectation {
    LogRecordExpectation(
        eventName: eventName, severity: severity, attributes: attributes.map { ($0.key, $0.value) })
}

extension LogRecordExpectation: ListItemExpectation {
    var words: RecordedItem {
        RecordedItem(
            heading: Self.heading(eventName ?? "", body, severity),
            details: attributes.map { "\($0) = \($1.description)" })
    }

    static func words(_ recorded: LogRecordData) -> RecordedItem {
        RecordedItem(
            heading: heading(recorded.eventName, recorded.body, recorded.severity),
            details: recorded.attributes.sorted { $0.key < $1.key }.map(SpanText.attribute))
    }

    private static func heading(_ eventName: String, _ body: String?, _ severity: LogSeverity?) -> String {
        let name = eventName.isEmpty ? SpanText.quoted(body ?? "") : eventName
        return name + (severity.map { " [\($0.name)]" } ?? "")
    }

    func isAlike(_ recorded: LogRecordData) -> Bool {
        (eventName == nil || eventName == recorded.eventName) && (body == nil || body == recorded.body)
    }

    func differences(from recorded: LogRecordData) -> [PropertyDifference] {
        var result: [PropertyDifference] = []
        func compare(_ property: String, _ wanted: String?, _ found: String) {
            guard let wanted, wanted != found else { return }
            result.append(PropertyDifference(property: property, expected: wanted, found: found))
        }
        compare("event", eventName, recorded.eventName)
        compare("body", body.map(SpanText.quoted), SpanText.quoted(recorded.body))
        compare("severity", severity?.name, recorded.severity.name)
        compare("span", context.map { "\($0.spanID)" }, recorded.context.map { "\($0.spanID)" } ?? "none")
        return result + attributes.differences(from: recorded.attributes, othersAllowed: otherAttributesAllowed)
    }
}
