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

    // One reference instead of twenty texts: a span is handed on often, and copied only if it is changed while it is shared.
    private var storage: SpanDataStorage

    /// What is said, of which nobody else has this copy.
    private var own: SpanDataStorage {
        mutating get {
            if !isKnownUniquelyReferenced(&storage) { storage = SpanDataStorage(storage.fields) }
            return storage
        }
    }

    /// The span's own identity.
    public var context: TraceContext {
        get { storage.fields.context }
        set { own.fields.context = newValue }
    }
    /// The span above this one; `nil` for the root of a trace.
    public var parent: TraceContext? {
        get { storage.fields.parent }
        set { own.fields.parent = newValue }
    }
    /// What was done.
    public var name: String {
        get { storage.fields.name }
        set { own.fields.name = newValue }
    }
    /// The role of the span.
    public var kind: Kind {
        get { storage.fields.kind }
        set { own.fields.kind = newValue }
    }
    /// When the work began, in nanoseconds since 1970.
    public var start: UInt64 {
        get { storage.fields.start }
        set { own.fields.start = newValue }
    }
    /// When the work ended, in nanoseconds since 1970.
    public var end: UInt64 {
        get { storage.fields.end }
        set { own.fields.end = newValue }
    }
    /// More about the work, each key once.
    public var attributes: [Attribute] {
        get { storage.fields.attributes }
        _modify { yield &own.fields.attributes }
    }
    /// What happened on the way.
    public var events: [Event] {
        get { storage.fields.events }
        _modify { yield &own.fields.events }
    }
    /// Relations to other spans.
    public var links: [Link] {
        get { storage.fields.links }
        _modify { yield &own.fields.links }
    }
    /// How the work ended.
    public var status: Status {
        get { storage.fields.status }
        set { own.fields.status = newValue }
    }
    /// The library that made the span.
    public var scope: InstrumentationScope {
        get { storage.fields.scope }
        set { own.fields.scope = newValue }
    }
    /// How many attributes were over the limit.
    public var droppedAttributes: Int {
        get { storage.fields.droppedAttributes }
        set { own.fields.droppedAttributes = newValue }
    }
    /// How many events were over the limit.
    public var droppedEvents: Int {
        get { storage.fields.droppedEvents }
        set { own.fields.droppedEvents = newValue }
    }
    /// How many links were over the limit.
    public var droppedLinks: Int {
        get { storage.fields.droppedLinks }
        set { own.fields.droppedLinks = newValue }
    }

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
        storage = SpanDataStorage(
            SpanDataFields(
                context: context, parent: parent, name: name, kind: kind, start: start, end: end,
                attributes: attributes, events: events, links: links, status: status, scope: scope))
    }

    /// The value of an attribute, or `nil` if the span doesn't have it.
    ///
    /// - Parameter key: The attribute's name.
    public subscript(attribute key: String) -> AttributeValue? {
        attributes.first { $0.key == key }?.value
    }

    /// Whether the span holds more of something than some limits allow.
    func exceeds(_ limits: SpanLimits) -> Bool {
        if storage.fields.attributes.count > limits.attributes || storage.fields.events.count > limits.events
            || storage.fields.links.count > limits.links
        {
            return true
        }
        for index in storage.fields.events.indices
        where storage.fields.events[index].attributes.count > limits.attributesPerEvent { return true }
        for index in storage.fields.links.indices
        where storage.fields.links[index].attributes.count > limits.attributesPerLink { return true }
        return false
    }

    /// Whether two spans say the same.
    ///
    /// - Parameters:
    ///   - left: A span.
    ///   - right: Another span.
    /// - Returns: Whether all that they say is equal.
    public static func == (left: SpanData, right: SpanData) -> Bool {
        left.storage === right.storage || left.storage.fields == right.storage.fields
    }

    /// Hashes what the span says.
    ///
    /// - Parameter hasher: What it is fed to.
    public func hash(into hasher: inout Hasher) { hasher.combine(storage.fields) }
}

extension SpanData: CustomReflectable {
    /// What the span says, so that one that is printed, or differs in a test, shows it.
    public var customMirror: Mirror {
        Mirror(self, children: Mirror(reflecting: storage.fields).children, displayStyle: .struct)
    }
}
