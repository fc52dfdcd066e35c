/// What a list says of a trace.
package struct TraceSummary: Hashable, Sendable {
    /// The trace.
    package var traceID: String
    /// The name of its root span, or of its earliest span while there is no root.
    package var rootName: String
    /// The service that made that span.
    package var rootService: String
    /// The names of the services in the trace, the first hundred that were heard of, in alphabetical order.
    package var services: [String]
    /// When its first span began, in nanoseconds since 1970.
    package var startTime: UInt64
    /// When its last span ended, in nanoseconds since 1970.
    package var endTime: UInt64
    /// How many spans it has.
    package var spanCount: Int
    /// How many of them ended with an error.
    package var errorCount: Int
    /// How many other traces it is linked with, in either direction.
    package var linkedTraceCount: Int
}

extension TraceSummary: Codable {
    private enum CodingKeys: String, CodingKey {
        case traceID = "traceId"
        case startTime = "startTimeUnixNano"
        case endTime = "endTimeUnixNano"
        case rootName, rootService, services, spanCount, errorCount, linkedTraceCount
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        traceID = try container.decode(String.self, forKey: .traceID)
        rootName = try container.decode(String.self, forKey: .rootName)
        rootService = try container.decode(String.self, forKey: .rootService)
        services = try container.decode([String].self, forKey: .services)
        startTime = try container.decodeInteger(UInt64.self, forKey: .startTime) ?? 0
        endTime = try container.decodeInteger(UInt64.self, forKey: .endTime) ?? 0
        spanCount = try container.decode(Int.self, forKey: .spanCount)
        errorCount = try container.decode(Int.self, forKey: .errorCount)
        linkedTraceCount = try container.decode(Int.self, forKey: .linkedTraceCount)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(traceID, forKey: .traceID)
        try container.encode(rootName, forKey: .rootName)
        try container.encode(rootService, forKey: .rootService)
        try container.encode(services, forKey: .services)
        try container.encodeInteger(startTime, forKey: .startTime)
        try container.encodeInteger(endTime, forKey: .endTime)
        try container.encode(spanCount, forKey: .spanCount)
        try container.encode(errorCount, forKey: .errorCount)
        try container.encode(linkedTraceCount, forKey: .linkedTraceCount)
    }
}

/// A page of the list of traces.
package struct TracePage: Codable, Sendable {
    /// The traces, newest first.
    package var traces: [TraceSummary]
    /// Where the next page begins; `nil` if this is the last.
    package var next: TraceCursor?
}

/// A place in the list of traces: after a trace.
package struct TraceCursor: Hashable, Sendable, LosslessStringConvertible, Codable {
    let startTime: Int64
    let traceID: String

    init(startTime: Int64, traceID: String) {
        self.startTime = startTime
        self.traceID = traceID
    }

    /// Reads a cursor.
    ///
    /// - Parameter description: The text of a cursor from an earlier page.
    package init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let startTime = Int64(parts[0]),
            let traceID = HexadecimalID.normalized(String(parts[1]), length: HexadecimalID.traceLength)
        else { return nil }
        self.init(startTime: startTime, traceID: traceID)
    }

    /// The cursor as text.
    package var description: String { "\(startTime)-\(traceID)" }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let cursor = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a cursor")
        }
        self = cursor
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
