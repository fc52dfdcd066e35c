public import Logging
internal import Queuert
internal import Tracing

/// Exports what is logged with swift-log, with the span that is current.
///
/// ```swift
/// let telemetry = Telemetry()
/// LoggingSystem.bootstrap { label in
///     MultiplexLogHandler([StreamLogHandler.standardError(label: label), telemetry.logHandler(label: label)])
/// }
/// ```
///
/// A record's message is the event's, its scope the logger's label, its attributes the metadata. Of an error that is
/// logged its type is told, and its text only if the type says that the text holds no data (`RedactedError`), as on spans.
/// Metadata `event.name` becomes the record's event name. What metadata says of the error or of where it was logged, as
/// a forwarded record's does, counts.
public struct TelemetryLogHandler: LogHandler {
    /// The least level that is exported.
    public var logLevel: Logger.Level
    /// What each record holds.
    public var metadata: Logger.Metadata = [:]
    /// What else each record holds, looked up when it is logged.
    public var metadataProvider: Logger.MetadataProvider?
    private let scope: InstrumentationScope
    private let processor: any LogRecordProcessor
    private let clock: any SpanClock
    private let limits: LogRecordLimits
    private let recordsErrorMessages: Bool

    /// Makes a handler.
    ///
    /// - Parameters:
    ///   - label: The logger's label.
    ///   - processor: Where records go.
    ///   - logLevel: The least level that is exported.
    ///   - metadataProvider: What else each record holds.
    ///   - recordsErrorMessages: Whether the text of all errors is exported; no by default.
    ///   - clock: Tells the time of records.
    ///   - limits: How much a record may hold.
    public init(
        label: String, processor: any LogRecordProcessor, logLevel: Logger.Level = .info,
        metadataProvider: Logger.MetadataProvider? = nil, recordsErrorMessages: Bool = false,
        clock: any SpanClock = SystemSpanClock(), limits: LogRecordLimits = LogRecordLimits()
    ) {
        scope = InstrumentationScope(name: label)
        self.processor = processor
        self.logLevel = logLevel
        self.metadataProvider = metadataProvider
        self.recordsErrorMessages = recordsErrorMessages
        self.clock = clock
        self.limits = limits
    }

    /// One value of the metadata that each record holds.
    ///
    /// - Parameter key: Its name.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Exports a record.
    ///
    /// - Parameter event: What is logged.
    public func log(event: LogEvent) {
        let context = ServiceContext.current
        // What telemetry logs while it is sent would be sent in turn, and so on without an end.
        if let context, context.isTracingSuppressed { return }
        var all = metadata
        if let metadataProvider { all.merge(metadataProvider.get()) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        // The record has it as its own.
        if let span = context?.traceContext { Logger.MetadataProvider.removeTraceContext(span, from: &all) }
        let eventName = all.removeValue(forKey: "event.name").map { "\($0)" } ?? ""
        var attributes = all.map { Attribute($0.key, AttributeValue($0.value)) }
        func add(_ key: String, _ value: AttributeValue) {
            if all[key] == nil { attributes.append(Attribute(key, value)) }
        }
        add("code.file.path", .string(event.file))
        add("code.function.name", .string(event.function))
        add("code.line.number", .int(Int64(event.line)))
        if let error = event.error {
            add("exception.type", .string(errorTypeName(error)))
            if let redacted = error as? any RedactedError {
                add("exception.message", .string(redacted.description))
            } else if recordsErrorMessages {
                add("exception.message", .string(String(describing: error)))
            }
        }
        // A dictionary has no order, and what is exported shouldn't vary.
        attributes.sort { $0.key < $1.key }
        var record = LogRecordData(
            time: clock.nanoseconds, severity: LogSeverity(event.level), body: "\(event.message)",
            attributes: attributes, context: context?.traceContext, eventName: eventName, scope: scope)
        limits.apply(to: &record)
        processor.logged(record)
    }
}

extension LogSeverity {
    /// The severity that swift-log calls by the same name.
    init(_ level: Logger.Level) {
        self =
            switch level {
            case .trace: .trace
            case .debug: .debug
            case .info: .info
            case .notice: .notice
            case .warning: .warning
            case .error: .error
            case .critical: .critical
            }
    }
}

extension AttributeValue {
    /// The same value; a dictionary becomes its text, as attributes hold none.
    init(_ value: Logger.Metadata.Value) {
        self =
            switch value {
            case .string(let text): .string(text)
            case .stringConvertible(let number as Int): .int(Int64(number))
            case .stringConvertible(let number as Int64): .int(number)
            case .stringConvertible(let number as Double): .double(number)
            case .stringConvertible(let truth as Bool): .bool(truth)
            case .stringConvertible(let value): .string(value.description)
            case .array(let elements): .array(elements.map(AttributeValue.init))
            case .dictionary: .string(value.description)
            }
    }
}
