/// The value of an attribute.
public enum AttributeValue: Hashable, Sendable {
    /// Text.
    case string(String)
    /// A truth value.
    case bool(Bool)
    /// A whole number.
    case int(Int64)
    /// A floating point number.
    case double(Double)
    /// Values of one kind, in order.
    case array([AttributeValue])
}

extension AttributeValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
    /// Makes a text value of a literal.
    ///
    /// - Parameter value: The text.
    public init(stringLiteral value: String) { self = .string(value) }
    /// Makes a whole number of a literal.
    ///
    /// - Parameter value: The number.
    public init(integerLiteral value: Int64) { self = .int(value) }
    /// Makes a floating point number of a literal.
    ///
    /// - Parameter value: The number.
    public init(floatLiteral value: Double) { self = .double(value) }
    /// Makes a truth value of a literal.
    ///
    /// - Parameter value: The truth value.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    /// Makes an array of a literal.
    ///
    /// - Parameter elements: The values.
    public init(arrayLiteral elements: AttributeValue...) { self = .array(elements) }
}

/// A named value on a span, an event, a link, a scope or a resource.
public struct Attribute: Hashable, Sendable {
    /// The name, such as `messaging.system`.
    public var key: String
    /// The value.
    public var value: AttributeValue

    /// Makes an attribute.
    ///
    /// - Parameters:
    ///   - key: The name.
    ///   - value: The value.
    public init(_ key: String, _ value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

/// The library that made a span.
public struct InstrumentationScope: Hashable, Sendable {
    /// The library's name.
    public var name: String
    /// The library's version.
    public var version: String
    /// Which version of the semantic conventions its attributes follow; empty if it doesn't say.
    public var schemaURL: String

    /// Makes a scope.
    ///
    /// - Parameters:
    ///   - name: The library's name.
    ///   - version: The library's version.
    ///   - schemaURL: The version of the semantic conventions that its attributes follow.
    public init(name: String, version: String = "", schemaURL: String = "") {
        self.name = name
        self.version = version
        self.schemaURL = schemaURL
    }
}

/// A span that has ended, as it is exported.
public struct SpanData: Hashable, Sendable {
    /// The role of a span in a conversation between services; the raw values are OTLP's.
    public enum Kind: Int, Hashable, Sendable {
        /// Work inside a service.
        case `internal` = 1
        /// A request that is served.
        case server = 2
        /// A request to somebody else.
        case client = 3
        /// A message that is sent.
        case producer = 4
        /// A message that is processed.
        case consumer = 5
    }

    /// How a span ended.
    public enum Status: Hashable, Sendable {
        /// Nothing was said, which is how success looks.
        case unset
        /// The application says that all went well. Never set by Queuert.
        case ok
        /// The work failed.
        case error(description: String)
    }

    /// Something that happened at one moment of a span.
    public struct Event: Hashable, Sendable {
        /// What happened.
        public var name: String
        /// When, in nanoseconds since 1970.
        public var time: UInt64
        /// More about it.
        public var attributes: [Attribute]
        /// How many attributes were over the limit.
        public var droppedAttributes: Int = 0

        /// Makes an event.
        ///
        /// - Parameters:
        ///   - name: What happened.
        ///   - time: When, in nanoseconds since 1970.
        ///   - attributes: More about it.
        public init(name: String, time: UInt64, attributes: [Attribute] = []) {
            self.name = name
            self.time = time
            self.attributes = attributes
        }
    }

    /// A relation to another span, in this trace or another.
    public struct Link: Hashable, Sendable {
        /// The other span.
        public var context: TraceContext
        /// What the relation is.
        public var attributes: [Attribute]
        /// How many attributes were over the limit.
        public var droppedAttributes: Int = 0

        /// Makes a link.
        ///
        /// - Parameters:
        ///   - context: The other span.
        ///   - attributes: What the relation is.
        public init(_ context: TraceContext, attributes: [Attribute] = []) {
            self.context = context
            self.attributes = attributes
        }
    }

    /// The span's own identity.
    public var context: TraceContext
    /// The span above this one; `nil` for the root of a trace.
    public var parent: TraceContext?
    /// What was done.
    public var name: String
    /// The role of the span.
    public var kind: Kind
    /// When the work began, in nanoseconds since 1970.
    public var start: UInt64
    /// When the work ended, in nanoseconds since 1970.
    public var end: UInt64
    /// More about the work, each key once.
    public var attributes: [Attribute]
    /// What happened on the way.
    public var events: [Event]
    /// Relations to other spans.
    public var links: [Link]
    /// How the work ended.
    public var status: Status
    /// The library that made the span.
    public var scope: InstrumentationScope
    /// How many attributes were over the limit.
    public var droppedAttributes = 0
    /// How many events were over the limit.
    public var droppedEvents = 0
    /// How many links were over the limit.
    public var droppedLinks = 0

    /// Makes a span that has ended.
    ///
    /// - Parameters:
    ///   - context: The span's own identity.
    ///   - parent: The span above, or `nil` for a root.
    ///   - name: What was done.
    ///   - kind: The role of the span.
    ///   - start: When the work began, in nanoseconds since 1970.
    ///   - end: When the work ended, in nanoseconds since 1970.
    ///   - attributes: More about the work.
    ///   - events: What happened on the way.
    ///   - links: Relations to other spans.
    ///   - status: How the work ended.
    ///   - scope: The library that made the span.
    public init(
        context: TraceContext, parent: TraceContext?, name: String, kind: Kind, start: UInt64, end: UInt64,
        attributes: [Attribute] = [], events: [Event] = [], links: [Link] = [], status: Status = .unset,
        scope: InstrumentationScope
    ) {
        self.context = context
        self.parent = parent
        self.name = name
        self.kind = kind
        self.start = start
        self.end = end
        self.attributes = attributes
        self.events = events
        self.links = links
        self.status = status
        self.scope = scope
    }

    /// The value of an attribute, or `nil` if the span doesn't have it.
    ///
    /// - Parameter key: The attribute's name.
    public subscript(attribute key: String) -> AttributeValue? {
        attributes.first { $0.key == key }?.value
    }
}
