import QueuertOTel

/// Spans that were read, with the services that made them.
struct ReadSpans {
    private var spans: [SpanData] = []
    private var positions: [SpanIdentity: Int] = [:]
    private var services: [SpanIdentity: String] = [:]
    private var conflicting: Set<SpanIdentity> = []

    /// An identifier that isn't one.
    private struct InvalidIdentifier: Error, CustomStringConvertible {
        let description: String
    }

    mutating func add(_ document: OTLPTracesDocument) throws {
        for ofResource in document.resourceSpans ?? [] {
            for ofScope in ofResource.scopeSpans ?? [] {
                let scope = InstrumentationScope(
                    name: ofScope.scope?.name ?? "", version: ofScope.scope?.version ?? "",
                    schemaURL: ofScope.schemaUrl ?? "")
                for span in ofScope.spans ?? [] { try add(span, scope, ofResource.resource) }
            }
        }
    }

    mutating func add(_ document: CollectedDocument) throws {
        for part in document.parts {
            let conflicts = try Set((part.conflictingSpanIds ?? []).map { try Self.spanID($0) })
            for span in part.spans ?? [] {
                let scope = InstrumentationScope(name: span.scope?.name ?? "", version: span.scope?.version ?? "")
                let context = try add(span, scope, span.resource)
                if conflicts.contains(context.spanID) { conflicting.insert(SpanIdentity(context)) }
            }
        }
    }

    func forest(_ conventions: TraceConventions) -> TraceForest {
        TraceForest(
            spans, conventions: conventions, services: services, detached: [], conflicting: conflicting)
    }

    @discardableResult private mutating func add(
        _ document: SpanDocument, _ scope: InstrumentationScope, _ resource: ResourceDocument?
    ) throws -> TraceContext {
        let traceID = try Self.traceID(document.traceId)
        let flags = document.flags?.unsigned ?? 0
        let context = TraceContext(
            traceID: traceID, spanID: try Self.spanID(document.spanId), flags: Self.traceFlags(flags),
            state: document.traceState ?? "")
        var parent: TraceContext?
        if let text = document.parentSpanId, !text.isEmpty {
            // Bit 8 tells whether bit 9 tells whether the parent is of another process.
            parent = TraceContext(
                traceID: traceID, spanID: try Self.spanID(text), flags: Self.traceFlags(flags),
                isRemote: flags & 0x100 == 0 || flags & 0x200 != 0)
        }
        let links = try (document.links ?? []).map(Self.link)
        append(
            SpanData(
                context: context, parent: parent, name: document.name ?? "",
                kind: SpanData.Kind(rawValue: document.kind ?? 1) ?? .internal,
                start: document.startTimeUnixNano?.unsigned ?? 0, end: document.endTimeUnixNano?.unsigned ?? 0,
                attributes: Self.attributes(document.attributes),
                events: (document.events ?? []).map { event in
                    SpanData.Event(
                        name: event.name ?? "", time: event.timeUnixNano?.unsigned ?? 0,
                        attributes: Self.attributes(event.attributes))
                },
                links: links, status: Self.status(document.status), scope: scope))
        let service = Self.attributes(resource?.attributes).first { $0.key == "service.name" }?.value
        if case .string(let name) = service { services[SpanIdentity(context)] = name }
        return context
    }

    /// A batch may be exported twice, if the first answer got lost: a span that is there just so is left out.
    private mutating func append(_ span: SpanData) {
        let identity = SpanIdentity(span.context)
        if let position = positions[identity], spans[position].isRepeated(by: span) { return }
        positions[identity] = spans.count
        spans.append(span)
    }

    private static func traceFlags(_ flags: UInt64) -> TraceFlags {
        TraceFlags(rawValue: UInt8(truncatingIfNeeded: flags))
    }

    private static func traceID(_ text: String?) throws -> TraceID {
        guard let id = TraceID(hex: (text ?? "").lowercased()) else {
            throw InvalidIdentifier(description: "\"\(text ?? "")\" is no identifier of a trace")
        }
        return id
    }

    private static func spanID(_ text: String?) throws -> SpanID {
        guard let id = SpanID(hex: (text ?? "").lowercased()) else {
            throw InvalidIdentifier(description: "\"\(text ?? "")\" is no identifier of a span")
        }
        return id
    }

    private static func link(_ link: SpanDocument.Link) throws -> SpanData.Link {
        let flags = link.flags?.unsigned ?? 0
        return SpanData.Link(
            TraceContext(
                traceID: try traceID(link.traceId), spanID: try spanID(link.spanId), flags: traceFlags(flags),
                state: link.traceState ?? "", isRemote: flags & 0x200 != 0),
            attributes: attributes(link.attributes))
    }

    private static func status(_ status: SpanDocument.Status?) -> SpanData.Status {
        switch status?.code {
        case 1: .ok
        case 2: .error(description: status?.message ?? "")
        default: .unset
        }
    }

    private static func attributes(_ documents: [AttributeDocument]?) -> [Attribute] {
        (documents ?? []).map { Attribute($0.key ?? "", value($0.value)) }
    }

    /// What our attributes don't have becomes text: bytes in base 64, and fields as they would be drawn.
    private static func value(_ document: ValueDocument?) -> AttributeValue {
        guard let document else { return "" }
        if let text = document.stringValue { return .string(text) }
        if let truth = document.boolValue { return .bool(truth) }
        if let number = document.intValue { return .int(number.value) }
        if let number = document.doubleValue { return .double(number.value) }
        if let array = document.arrayValue { return .array((array.values ?? []).map(value)) }
        if let bytes = document.bytesValue { return .string(bytes) }
        if let fields = document.kvlistValue {
            let text = attributes(fields.values).map(SpanText.attribute).joined(separator: ", ")
            return .string("{\(text)}")
        }
        return ""
    }
}

extension SpanData {
    /// Whether another span with the same identifier is this one again, and not another by mistake.
    fileprivate func isRepeated(by other: SpanData) -> Bool {
        // Not all that they hold: a number that is none isn't even equal to itself.
        name == other.name && kind == other.kind && start == other.start && end == other.end && parent == other.parent
    }
}
