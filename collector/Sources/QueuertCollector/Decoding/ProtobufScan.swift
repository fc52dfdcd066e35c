/// A look at a protobuf message of OTLP that proves that all of it can be read.
///
/// Depth and counts are bounded, with a stack of its own and without allocating for what is read.
struct ProtobufScan {
    private struct Open {
        var reader: ProtobufReader
        let message: Int
        let valueDepth: Int
    }

    private let schema = OTLPSchema.shared
    private var cost = ScanCost()

    /// Checks a request.
    ///
    /// - Parameters:
    ///   - bytes: The request.
    ///   - signal: What it carries.
    /// - Throws: `OTLPDecodingError` if it is malformed, too deep or too large.
    static func check(_ bytes: [UInt8], _ signal: Signal) throws(OTLPDecodingError) {
        var scan = ProtobufScan()
        try scan.run(bytes.span, OTLPSchema.shared.request(signal))
    }

    private mutating func run(_ bytes: Span<UInt8>, _ request: Int) throws(OTLPDecodingError) {
        var open = [Open(reader: ProtobufReader(0..<bytes.count), message: request, valueDepth: 0)]
        while let last = open.indices.last {
            guard let field = try open[last].reader.next(bytes) else {
                open.removeLast()
                continue
            }
            let known = schema.messages[open[last].message].index(of: field.number)
            if known == nil { try cost.countUnknown() }
            guard let known, field.wireType == 2 else {
                try open[last].reader.skip(field, bytes)
                continue
            }
            let kind = schema.messages[open[last].message].fields[known].kind
            guard case .message(let inner) = kind else {
                let content = try open[last].reader.content(bytes)
                if kind.wireType != 2 { try checkNumbers(kind, bytes, content) }
                continue
            }
            try cost.countMessage()
            // Only values contain themselves, so counting them bounds every nesting.
            let depth = open[last].valueDepth + (inner == schema.value ? 1 : 0)
            guard depth <= OTLPLimits.valueDepth else { throw .tooDeep }
            let range = try open[last].reader.content(bytes)
            open.append(Open(reader: ProtobufReader(range), message: inner, valueDepth: depth))
        }
    }

    /// Looks at numbers that stand one after the other, as those of a repeated field do.
    private func checkNumbers(
        _ kind: OTLPSchema.Kind, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(OTLPDecodingError) {
        var reader = ProtobufReader(range)
        while reader.position < range.upperBound {
            switch kind.wireType {
            case 1: _ = try reader.fixed64(bytes)
            case 5: _ = try reader.fixed32(bytes)
            default: _ = try reader.varint(bytes)
            }
        }
    }
}
