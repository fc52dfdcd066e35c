/// How much a log record matters; the raw values are OTLP's.
public enum LogSeverity: Int, Hashable, Sendable {
    /// Each step.
    case trace = 1
    /// For whoever looks for a fault.
    case debug = 5
    /// The usual course.
    case info = 9
    /// The usual course, worth a look.
    case notice = 10
    /// Something is not as it should be.
    case warning = 13
    /// Something failed.
    case error = 17
    /// The service can't go on.
    case critical = 21

    /// The level's name.
    public var name: String { "\(self)" }
}

/// A log record, as it is exported.
public struct LogRecordData: Hashable, Sendable {
    /// When it was logged, in nanoseconds since 1970.
    public var time: UInt64
    /// How much it matters.
    public var severity: LogSeverity
    /// The message.
    public var body: String
    /// More about it, each key once.
    public var attributes: [Attribute]
    /// How many attributes were over the limit.
    public var droppedAttributes = 0
    /// The span that was current; `nil` outside of all spans.
    public var context: TraceContext?
    /// What happened, if the record tells of an event of a known kind; otherwise empty.
    public var eventName: String
    /// Who logged: the logger's label.
    public var scope: InstrumentationScope

    /// Makes a log record.
    ///
    /// - Parameters:
    ///   - time: When it was logged, in nanoseconds since 1970.
    ///   - severity: How much it matters.
    ///   - body: The message.
    ///   - attributes: More about it, each key once.
    ///   - context: The span that was current.
    ///   - eventName: What happened, if the record tells of an event of a known kind.
    ///   - scope: Who logged.
    public init(
        time: UInt64, severity: LogSeverity, body: String, attributes: [Attribute] = [], context: TraceContext? = nil,
        eventName: String = "", scope: InstrumentationScope
    ) {
        self.time = time
        self.severity = severity
        self.body = body
        self.attributes = attributes
        self.context = context
        self.eventName = eventName
        self.scope = scope
    }

    /// The value of an attribute, or `nil` if the record doesn't have it.
    ///
    /// - Parameter key: The attribute's name.
    public subscript(attribute key: String) -> AttributeValue? {
        attributes.first { $0.key == key }?.value
    }
}
