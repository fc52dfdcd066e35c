/// Reads what the requests of all signals have in common: resources, the scopes inside, and the items inside those.
struct RequestScanner {
    /// A resource and a scope, which all items of a group share.
    struct Origin: Sendable {
        /// Where the resource's message is; empty if there is none.
        var resource: Range<Int>
        /// Where the scope's message is; empty if there is none.
        var scope: Range<Int>
        /// Where the service's name is, as far as it is stored, if the resource has one.
        var service: Range<Int>?
    }

    /// A span, a metric or a log record.
    struct Item: Sendable {
        /// Where its message is.
        let message: Range<Int>
        /// The number of its resource and scope.
        let origin: Int
    }

    /// The resources and scopes of the items; a scope without items isn't among them.
    private(set) var origins: [Origin] = []
    /// The items.
    private(set) var items: [Item] = []
    /// What the request has cost so far.
    var cost = ScanCost()

    /// Reads a request.
    ///
    /// - Parameter bytes: The request.
    /// - Throws: `OTLPDecodingError` if it can't be read.
    init(_ bytes: Span<UInt8>) throws(OTLPDecodingError) {
        for resource in try groups(bytes, 0..<bytes.count, inner: 1).inner {
            let (resource, scopes) = try groups(bytes, resource, inner: 2)
            let service = try ValueScanner.readResource(bytes, resource, &cost)
            for scope in scopes {
                let (scope, items) = try groups(bytes, scope, inner: 2)
                try ValueScanner.readMessage(bytes, scope, attributes: 3, &cost)
                guard !items.isEmpty else { continue }
                try cost.countResource(resource.count)
                let origin = origins.count
                origins.append(Origin(resource: resource, scope: scope, service: service))
                self.items += items.map { Item(message: $0, origin: origin) }
            }
        }
    }

    /// Finds the messages inside a message; the first field is what they share, if it isn't what is looked for.
    private mutating func groups(
        _ bytes: Span<UInt8>, _ range: Range<Int>, inner: UInt32
    ) throws(OTLPDecodingError) -> (shared: Range<Int>, inner: [Range<Int>]) {
        var shared = 0..<0
        var found: [Range<Int>] = []
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (inner, 2):
                try cost.countMessage()
                found.append(try reader.content(bytes))
            case (1, 2):
                try cost.countMessage()
                shared = try reader.content(bytes)
            // The address of a schema.
            case (3, 2): _ = try reader.content(bytes)
            default:
                try cost.countUnknown()
                try reader.skip(field, bytes)
            }
        }
        return (shared, found)
    }
}

/// What a request has cost so far.
struct ScanCost {
    private var messages = 0
    private var unknownFields = 0
    private var resourceBytes = 0

    /// Counts a message.
    ///
    /// - Throws: `OTLPDecodingError` if there are too many.
    @inline(__always)
    mutating func countMessage() throws(OTLPDecodingError) {
        messages += 1
        if messages > OTLPLimits.messages { throw .tooMany("messages") }
    }

    /// Counts a field that isn't known.
    ///
    /// - Throws: `OTLPDecodingError` if there are too many.
    mutating func countUnknown() throws(OTLPDecodingError) {
        unknownFields += 1
        if unknownFields > OTLPLimits.unknownFields { throw .tooMany("unknown fields") }
    }

    /// Counts a resource that is stored with a scope.
    ///
    /// - Parameter bytes: How many bytes it has.
    /// - Throws: `OTLPDecodingError` if it has been stored with too many.
    mutating func countResource(_ bytes: Int) throws(OTLPDecodingError) {
        resourceBytes += bytes
        if resourceBytes > OTLPLimits.resourceBytes { throw .tooMany("scopes for resources of that size") }
    }
}
