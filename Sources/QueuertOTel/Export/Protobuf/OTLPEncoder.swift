/// Encodes telemetry as requests of OTLP, in one pass and without structs in between.
package struct OTLPEncoder: Sendable {
    /// A batch whose message would be over the limit.
    package struct MessageTooLarge: Error, Equatable {
        /// How large the message would be.
        package let byteCount: Int
    }

    /// The message `Resource`: the process that all telemetry comes from, encoded once.
    private let resource: [UInt8]

    /// Makes an encoder.
    ///
    /// - Parameter resource: The process that the telemetry comes from.
    package init(resource: Resource) {
        var writer = ProtobufWriter(capacity: 1024)
        writer.attributes(1, resource.attributes)
        self.resource = writer.bytes()
    }

    /// The message for spans: an `ExportTraceServiceRequest`.
    ///
    /// - Parameter spans: The spans.
    /// - Returns: The message.
    package func encode(_ spans: [SpanData]) -> [UInt8] { encode(spans[...]) }

    /// The message for items of a signal, grouped by scope in the order in which scopes first appear.
    func encode<Item: OTLPItem>(_ items: [Item], maximumBytes: Int) throws(MessageTooLarge) -> [UInt8] {
        try encode(items[...], maximumBytes: maximumBytes)
    }

    /// The message for items of a signal, grouped by scope in the order in which scopes first appear.
    func encode<Item: OTLPItem>(_ items: ArraySlice<Item>, maximumBytes: Int) throws(MessageTooLarge) -> [UInt8] {
        let message = encode(items)
        guard message.count <= maximumBytes else { throw MessageTooLarge(byteCount: message.count) }
        return message
    }

    /// All signals have the same envelope: a resource, its scopes, and their items.
    private func encode<Item: OTLPItem>(_ items: ArraySlice<Item>) -> [UInt8] {
        // Room that is never written costs nothing, since it never becomes memory.
        var writer = ProtobufWriter(capacity: resource.count + 1024 * (items.count + 1))
        let groups = Self.grouped(items)
        items.withUnsafeBufferPointer { items in
            writer.message(1) { ofResource in
                for runs in groups.reversed() {
                    ofResource.message(2) { ofScope in
                        let scope = items[runs[0].lowerBound].scope
                        ofScope.string(3, scope.schemaURL)
                        for run in runs.reversed() {
                            var index = run.upperBound
                            while index > run.lowerBound {
                                index -= 1
                                ofScope.message(2) { items[index].write(to: &$0) }
                            }
                        }
                        ofScope.scope(1, scope)
                    }
                }
                ofResource.encoded(1, resource)
            }
        }
        return writer.bytes()
    }

    /// Where the items of each scope are, counted from the first item: runs of neighbours.
    static func grouped<Item: OTLPItem>(_ items: ArraySlice<Item>) -> [[Range<Int>]] {
        items.withUnsafeBufferPointer { items in
            var groups: [[Range<Int>]] = []
            var positions: [InstrumentationScope: Int] = [:]
            var start = 0
            while start < items.count {
                var end = start + 1
                while end < items.count, items[end].scope == items[start].scope { end += 1 }
                let position = positions[items[start].scope] ?? groups.count
                if position == groups.count {
                    groups.append([])
                    positions[items[start].scope] = position
                }
                groups[position].append(start..<end)
                start = end
            }
            return groups
        }
    }
}
