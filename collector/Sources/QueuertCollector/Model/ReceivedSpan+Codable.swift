// Every key may be missing: in OTLP's JSON a missing key means the type's zero.

extension ReceivedSpan: Codable {
    private enum CodingKeys: String, CodingKey {
        case traceID = "traceId"
        case spanID = "spanId"
        case parentSpanID = "parentSpanId"
        case startTime = "startTimeUnixNano"
        case endTime = "endTimeUnixNano"
        case droppedAttributes = "droppedAttributesCount"
        case droppedEvents = "droppedEventsCount"
        case droppedLinks = "droppedLinksCount"
        case traceState, flags, name, kind, attributes, events, links, status, resource, scope
    }
    private struct Resource: Codable { var attributes: [ReceivedAttribute]? }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init()
        traceID = try container.decodeIfPresent(String.self, forKey: .traceID) ?? ""
        spanID = try container.decodeIfPresent(String.self, forKey: .spanID) ?? ""
        parentSpanID = try container.decodeIfPresent(String.self, forKey: .parentSpanID) ?? ""
        traceState = try container.decodeIfPresent(String.self, forKey: .traceState) ?? ""
        flags = try container.decodeInteger(UInt32.self, forKey: .flags) ?? 0
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
        kind = Int(try container.decodeIfPresent(Int32.self, forKey: .kind) ?? 0)
        startTime = try container.decodeInteger(UInt64.self, forKey: .startTime) ?? 0
        endTime = try container.decodeInteger(UInt64.self, forKey: .endTime) ?? 0
        attributes = try container.decodeIfPresent([ReceivedAttribute].self, forKey: .attributes) ?? []
        droppedAttributes = try container.decodeInteger(UInt32.self, forKey: .droppedAttributes) ?? 0
        events = try container.decodeIfPresent([Event].self, forKey: .events) ?? []
        droppedEvents = try container.decodeInteger(UInt32.self, forKey: .droppedEvents) ?? 0
        links = try container.decodeIfPresent([Link].self, forKey: .links) ?? []
        droppedLinks = try container.decodeInteger(UInt32.self, forKey: .droppedLinks) ?? 0
        status = try container.decodeIfPresent(Status.self, forKey: .status) ?? .init()
        resource = try container.decodeIfPresent(Resource.self, forKey: .resource)?.attributes ?? []
        scope = try container.decodeIfPresent(Scope.self, forKey: .scope) ?? .init()
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(traceID, forKey: .traceID)
        try container.encode(spanID, forKey: .spanID)
        if !parentSpanID.isEmpty { try container.encode(parentSpanID, forKey: .parentSpanID) }
        if !traceState.isEmpty { try container.encode(traceState, forKey: .traceState) }
        if flags != 0 { try container.encode(flags, forKey: .flags) }
        try container.encode(name, forKey: .name)
        try container.encode(kind, forKey: .kind)
        try container.encodeInteger(startTime, forKey: .startTime)
        try container.encodeInteger(endTime, forKey: .endTime)
        try container.encode(attributes, forKey: .attributes)
        if droppedAttributes != 0 { try container.encode(droppedAttributes, forKey: .droppedAttributes) }
        if !events.isEmpty { try container.encode(events, forKey: .events) }
        if droppedEvents != 0 { try container.encode(droppedEvents, forKey: .droppedEvents) }
        if !links.isEmpty { try container.encode(links, forKey: .links) }
        if droppedLinks != 0 { try container.encode(droppedLinks, forKey: .droppedLinks) }
        if status != .init() { try container.encode(status, forKey: .status) }
        try container.encode(Resource(attributes: resource), forKey: .resource)
        try container.encode(scope, forKey: .scope)
    }
}

extension ReceivedSpan.Event: Codable {
    private enum CodingKeys: String, CodingKey {
        case time = "timeUnixNano"
        case droppedAttributes = "droppedAttributesCount"
        case name, attributes
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
        time = try container.decodeInteger(UInt64.self, forKey: .time) ?? 0
        attributes = try container.decodeIfPresent([ReceivedAttribute].self, forKey: .attributes) ?? []
        droppedAttributes = try container.decodeInteger(UInt32.self, forKey: .droppedAttributes) ?? 0
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encodeInteger(time, forKey: .time)
        if !attributes.isEmpty { try container.encode(attributes, forKey: .attributes) }
        if droppedAttributes != 0 { try container.encode(droppedAttributes, forKey: .droppedAttributes) }
    }
}

extension ReceivedSpan.Link: Codable {
    private enum CodingKeys: String, CodingKey {
        case traceID = "traceId"
        case spanID = "spanId"
        case droppedAttributes = "droppedAttributesCount"
        case traceState, attributes, flags
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        traceID = try container.decodeIfPresent(String.self, forKey: .traceID) ?? ""
        spanID = try container.decodeIfPresent(String.self, forKey: .spanID) ?? ""
        traceState = try container.decodeIfPresent(String.self, forKey: .traceState) ?? ""
        attributes = try container.decodeIfPresent([ReceivedAttribute].self, forKey: .attributes) ?? []
        droppedAttributes = try container.decodeInteger(UInt32.self, forKey: .droppedAttributes) ?? 0
        flags = try container.decodeInteger(UInt32.self, forKey: .flags) ?? 0
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(traceID, forKey: .traceID)
        try container.encode(spanID, forKey: .spanID)
        if !traceState.isEmpty { try container.encode(traceState, forKey: .traceState) }
        if !attributes.isEmpty { try container.encode(attributes, forKey: .attributes) }
        if droppedAttributes != 0 { try container.encode(droppedAttributes, forKey: .droppedAttributes) }
        if flags != 0 { try container.encode(flags, forKey: .flags) }
    }
}

extension ReceivedSpan.Status: Codable {
    private enum CodingKeys: String, CodingKey { case code, message }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        code = Int(try container.decodeIfPresent(Int32.self, forKey: .code) ?? 0)
        message = try container.decodeIfPresent(String.self, forKey: .message) ?? ""
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        if !message.isEmpty { try container.encode(message, forKey: .message) }
    }
}

extension ReceivedSpan.Scope: Codable {
    private enum CodingKeys: String, CodingKey { case name, version, attributes }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decodeIfPresent(String.self, forKey: .name) ?? ""
        version = try container.decodeIfPresent(String.self, forKey: .version) ?? ""
        attributes = try container.decodeIfPresent([ReceivedAttribute].self, forKey: .attributes) ?? []
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        if !version.isEmpty { try container.encode(version, forKey: .version) }
        if !attributes.isEmpty { try container.encode(attributes, forKey: .attributes) }
    }
}
