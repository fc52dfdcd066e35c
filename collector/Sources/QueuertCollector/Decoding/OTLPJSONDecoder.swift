import Foundation

/// Decodes OTLP export requests in JSON.
///
/// The rules are OTLP's: ids are hexadecimal digits of either case, 64-bit integers are text or numbers, enumerations are
/// numbers, names are lowerCamelCase, and unknown names are ignored.
enum OTLPJSONDecoder {
    private struct Request: Decodable { var resourceSpans: [ResourceSpans]? }
    private struct ResourceSpans: Decodable {
        var resource: Resource?
        var scopeSpans: [ScopeSpans]?
    }
    private struct Resource: Decodable { var attributes: [ReceivedAttribute]? }
    private struct ScopeSpans: Decodable {
        var scope: ReceivedSpan.Scope?
        var spans: [ReceivedSpan]?
    }

    /// Decodes a request.
    ///
    /// - Parameter body: The request's bytes.
    /// - Returns: The spans in it.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    static func decode(_ body: UnsafeRawBufferPointer) throws(OTLPDecodingError) -> DecodedTraces {
        try checkCost(of: body)
        let request: Request
        do {
            request = try JSONDecoder().decode(Request.self, from: Data(body))
        } catch let error as DecodingError {
            throw .malformed("the body isn't a JSON ExportTraceServiceRequest: \(describe(error))")
        } catch {
            throw .malformed("the body isn't JSON")
        }
        var traces = DecodedTraces()
        for resourceSpans in request.resourceSpans ?? [] {
            for scopeSpans in resourceSpans.scopeSpans ?? [] {
                for var span in scopeSpans.spans ?? [] {
                    guard span.valueDepth <= OTLPLimits.valueDepth else { throw .tooDeep }
                    span.resource = resourceSpans.resource?.attributes ?? []
                    span.scope = scopeSpans.scope ?? .init()
                    traces.add(span)
                }
            }
        }
        return traces
    }

    /// Counts objects and arrays and how deep they go, before anything is allocated for them.
    private static func checkCost(of body: UnsafeRawBufferPointer) throws(OTLPDecodingError) {
        // A list's value is three containers deep: the value, the list and its array. Around the value are ten at most.
        let depthLimit = OTLPLimits.valueDepth * 4 + 16
        var depth = 0
        var count = 0
        var inText = false
        var escaped = false
        for byte in body {
            if inText {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inText = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                count += 1
                if depth > depthLimit { throw .tooDeep }
                if count > OTLPLimits.messages { throw .tooMany("objects and arrays") }
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        let (context, problem): (DecodingError.Context?, String) =
            switch error {
            case .typeMismatch(_, let context): (context, "a value has the wrong type")
            case .valueNotFound(_, let context): (context, "a value is null")
            case .keyNotFound(_, let context): (context, "a key is missing")
            case .dataCorrupted(let context): (context, "a value can't be read")
            @unknown default: (nil, "a value can't be read")
            }
        let path = (context?.codingPath ?? []).map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
        return path.isEmpty ? problem : "\(problem) at \(path.prefix(200))"
    }
}

extension ReceivedSpan {
    /// How many values are inside each other, at most, in all attributes of the span.
    fileprivate var valueDepth: Int {
        let lists = [attributes] + events.map(\.attributes) + links.map(\.attributes)
        return lists.joined().map(\.value.depth).max() ?? 0
    }
}

extension ReceivedValue {
    fileprivate var depth: Int {
        switch self {
        case .array(let values): 1 + (values.map(\.depth).max() ?? 0)
        case .list(let attributes): 1 + (attributes.map(\.value.depth).max() ?? 0)
        default: 1
        }
    }
}
