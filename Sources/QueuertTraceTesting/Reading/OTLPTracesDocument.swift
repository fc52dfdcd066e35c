import QueuertOTel

// Every key may be missing: in OTLP's JSON a missing key means the type's zero.

/// A request of OTLP with spans, in JSON.
struct OTLPTracesDocument: Decodable {
    struct OfResource: Decodable {
        let resource: ResourceDocument?
        let scopeSpans: [OfScope]?
    }

    struct OfScope: Decodable {
        let scope: ScopeDocument?
        let spans: [SpanDocument]?
        let schemaUrl: String?
    }

    let resourceSpans: [OfResource]?
}

/// What the API of our collector answers: spans, each with its resource and scope, of one trace or of several.
struct CollectedDocument: Decodable {
    /// What is told of a trace or of a chain.
    struct Part: Decodable {
        /// Whether there are more spans than are told.
        let truncated: Bool?
        let spans: [SpanDocument]?
        /// Those of the spans under whose identifiers something else was received, which the collector hasn't kept.
        let conflictingSpanIds: [String]?
    }

    /// What is asked for alone, or all traces that links connect.
    let parts: [Part]
    /// Whether there are more spans, or traces, than are told.
    let isTruncated: Bool

    private enum CodingKeys: CodingKey { case truncated, traces }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        parts = try container.decodeIfPresent([Part].self, forKey: .traces) ?? [Part(from: decoder)]
        let isTruncated = try container.decodeIfPresent(Bool.self, forKey: .truncated) ?? false
        self.isTruncated = isTruncated || parts.contains { $0.truncated == true }
    }
}

struct ResourceDocument: Decodable {
    let attributes: [AttributeDocument]?
}

struct ScopeDocument: Decodable {
    let name: String?
    let version: String?
}

struct SpanDocument: Decodable {
    struct Event: Decodable {
        let timeUnixNano: WholeNumber?
        let name: String?
        let attributes: [AttributeDocument]?
    }

    struct Link: Decodable {
        let traceId: String?
        let spanId: String?
        let traceState: String?
        let attributes: [AttributeDocument]?
        let flags: WholeNumber?
    }

    struct Status: Decodable {
        let code: Int?
        let message: String?
    }

    let traceId: String?
    let spanId: String?
    let parentSpanId: String?
    let traceState: String?
    let flags: WholeNumber?
    let name: String?
    let kind: Int?
    let startTimeUnixNano: WholeNumber?
    let endTimeUnixNano: WholeNumber?
    let attributes: [AttributeDocument]?
    let events: [Event]?
    let links: [Link]?
    let status: Status?
    /// Only in what the collector answers.
    let resource: ResourceDocument?
    let scope: ScopeDocument?
}

struct AttributeDocument: Decodable {
    let key: String?
    let value: ValueDocument?
}

struct ValueDocument: Decodable {
    struct Values: Decodable { let values: [ValueDocument]? }
    struct Fields: Decodable { let values: [AttributeDocument]? }

    let stringValue: String?
    let boolValue: Bool?
    let intValue: WholeNumber?
    let doubleValue: FloatingNumber?
    let bytesValue: String?
    let arrayValue: Values?
    let kvlistValue: Fields?
}

/// A whole number of up to 64 bits, which is written as text or as a number.
struct WholeNumber: Decodable {
    let value: Int64

    /// The number, where it has no sign.
    var unsigned: UInt64 { UInt64(bitPattern: value) }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self) else {
            value = try container.decode(Int64.self)
            return
        }
        guard let number = Int64(text) ?? UInt64(text).map({ Int64(bitPattern: $0) }) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a whole number that fits")
        }
        value = number
    }
}

/// A floating point number, which may be written as text, and is where JSON has no number for it.
struct FloatingNumber: Decodable {
    let value: Double

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let text = try? container.decode(String.self) else {
            value = try container.decode(Double.self)
            return
        }
        guard let number = Double(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a number")
        }
        value = number
    }
}
