/// Encodes telemetry as requests of OTLP in JSON.
struct OTLPJSONEncoder: Sendable {
    private let resource: Resource

    init(resource: Resource) {
        self.resource = resource
    }

    /// The message for items of a signal, if it isn't too large.
    func encode<Item: OTLPItem>(
        _ items: ArraySlice<Item>, maximumBytes: Int
    ) throws(OTLPEncoder.MessageTooLarge) -> [UInt8] {
        let message = encode(items)
        guard message.count <= maximumBytes else { throw OTLPEncoder.MessageTooLarge(byteCount: message.count) }
        return message
    }

    /// The message for items of a signal, grouped by scope in the order in which scopes first appear.
    func encode<Item: OTLPItem>(_ items: ArraySlice<Item>) -> [UInt8] {
        let names = Names(Item.signal)
        var writer = JSONWriter(capacity: 1024 * (items.count + 1))
        writer.object { request in
            request.array(names.resources, CollectionOfOne(resource)) { ofResource, resource in
                ofResource.object("resource") { $0.attributes(resource.attributes) }
                ofResource.array(names.scopes, OTLPEncoder.grouped(items)) { ofScope, runs in
                    let scope = items[items.startIndex + runs[0].lowerBound].scope
                    ofScope.scope(scope)
                    ofScope.array(names.items, Array(runs.joined())) { items[items.startIndex + $1].write(to: &$0) }
                    ofScope.string("schemaUrl", scope.schemaURL)
                }
            }
        }
        return writer.bytes
    }

    /// What the envelope's fields are called.
    private struct Names {
        let resources: StaticString
        let scopes: StaticString
        let items: StaticString

        init(_ signal: OTLPSignal) {
            switch signal {
            case .traces: (resources, scopes, items) = ("resourceSpans", "scopeSpans", "spans")
            case .metrics: (resources, scopes, items) = ("resourceMetrics", "scopeMetrics", "metrics")
            case .logs: (resources, scopes, items) = ("resourceLogs", "scopeLogs", "logRecords")
            }
        }
    }
}
