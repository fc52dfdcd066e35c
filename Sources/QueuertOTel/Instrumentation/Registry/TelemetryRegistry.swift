/// What the queue's telemetry is called and what it means: all spans, attributes, metrics and events, and nothing else.
///
/// `docs/telemetry-reference.md` is made from it. Instruments are made from it, too; spans and events are compared with it
/// by tests, and may be by yours:
///
/// ```swift
/// #expect(recorder.spans.flatMap { TelemetryRegistry.queuert.violations(in: $0) } == [])
/// ```
public struct TelemetryRegistry: Sendable {
    /// What attributes there are, by name.
    public let attributes: [String: AttributeDefinition]
    /// What spans there are.
    public let spans: [SpanDefinition]
    /// What metrics there are.
    public let metrics: [MetricDefinition]
    /// What events there are, on spans and among log records.
    public let events: [EventDefinition]

    /// What Queuert tells.
    public static let queuert = TelemetryRegistry(
        attributes: AttributeDefinition.all, spans: SpanDefinition.all, metrics: MetricDefinition.all,
        events: EventDefinition.all)

    init(
        attributes: [AttributeDefinition], spans: [SpanDefinition], metrics: [MetricDefinition],
        events: [EventDefinition]
    ) {
        self.attributes = Dictionary(uniqueKeysWithValues: attributes.map { ($0.name, $0) })
        self.spans = spans
        self.metrics = metrics
        self.events = events
    }
}

/// Who decides about a name.
public enum DefinitionOrigin: String, Sendable, Hashable {
    /// The semantic conventions of OpenTelemetry, in a part that may still change.
    case conventionsInDevelopment = "conventions, in development"
    /// The semantic conventions of OpenTelemetry, in a part that is stable.
    case conventionsStable = "conventions, stable"
    /// This library. What is here stays, under its name; values may be added.
    case queuert = "Queuert"
}

/// How sure it is that an attribute is there.
public enum RequirementLevel: String, Sendable, Hashable {
    /// Always.
    case required
    /// Whenever it applies, as an error's type on what has failed.
    case conditional
}

/// An attribute as a span, a metric or an event has it.
public struct AttributeUse: Sendable, Hashable {
    /// The attribute's name.
    public let name: String
    /// How sure it is that it is there.
    public let level: RequirementLevel

    static func required(_ names: String...) -> [AttributeUse] { names.map { Self(name: $0, level: .required) } }
    static func conditional(_ names: String...) -> [AttributeUse] { names.map { Self(name: $0, level: .conditional) } }
}

/// What an attribute is.
public struct AttributeDefinition: Sendable, Hashable {
    /// The kinds of values.
    public enum Kind: String, Sendable, Hashable {
        /// Text.
        case string
        /// A whole number.
        case int
        /// A floating point number.
        case double
        /// A truth value.
        case boolean
        /// Texts.
        case strings
    }
    /// Its name.
    public let name: String
    /// The kind of its values.
    public let kind: Kind
    /// What it means.
    public let meaning: String
    /// All values that it can have; `nil` if they can't be listed.
    public let values: [String]?
    /// Who decides about it.
    public let origin: DefinitionOrigin

    init(
        _ name: String, _ kind: Kind, _ meaning: String, values: [String]? = nil,
        _ origin: DefinitionOrigin = .queuert
    ) {
        self.name = name
        self.kind = kind
        self.meaning = meaning
        self.values = values
        self.origin = origin
    }
}

/// What a span is.
public struct SpanDefinition: Sendable, Hashable {
    /// The first word of its name.
    public let operation: String
    /// What follows in the name, for documentation.
    public let subject: String
    /// Its kind.
    public let kind: SpanData.Kind
    /// What it tells.
    public let meaning: String
    /// What it holds.
    public let attributes: [AttributeUse]
    /// The relations that its links may have.
    public let links: [String]
    /// The events that it may have.
    public let events: [String]

    /// Its name, for documentation.
    public var name: String { "\(operation) {\(subject)}" }
}

/// What a metric is.
public struct MetricDefinition: Sendable, Hashable {
    /// The kinds of metrics.
    public enum Kind: String, Sendable, Hashable {
        /// What only grows.
        case counter
        /// What comes and goes.
        case upDownCounter = "up-down counter"
        /// What can't be added up.
        case gauge
        /// A distribution.
        case histogram
    }
    /// Its name.
    public let name: String
    /// Its kind.
    public let kind: Kind
    /// Its unit, as UCUM has it.
    public let unit: String
    /// What it means.
    public let meaning: String
    /// What its points are told apart by.
    public let attributes: [AttributeUse]
    /// The bounds of a histogram's buckets, where nobody asks for others.
    public let bounds: [Double]?
    /// Who decides about it.
    public let origin: DefinitionOrigin
}

/// What an event is.
public struct EventDefinition: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// How much it matters; `nil` for what only spans have.
    public let severity: LogSeverity?
    /// What it tells.
    public let meaning: String
    /// What it holds.
    public let attributes: [AttributeUse]
    /// Who decides about it.
    public let origin: DefinitionOrigin

    init(
        _ name: String, _ severity: LogSeverity?, _ meaning: String, _ attributes: [AttributeUse],
        _ origin: DefinitionOrigin = .queuert
    ) {
        self.name = name
        self.severity = severity
        self.meaning = meaning
        self.attributes = attributes
        self.origin = origin
    }
}
