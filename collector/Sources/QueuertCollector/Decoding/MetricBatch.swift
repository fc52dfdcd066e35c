/// The points of metrics of a request as the store takes them.
package struct MetricBatch: Sendable {
    /// What kind of points a metric has.
    enum Kind: String, Sendable {
        case gauge, sum, histogram, exponentialHistogram, summary

        /// The kind that a field of OTLP's message has.
        init?(field: UInt32) {
            switch field {
            case 5: self = .gauge
            case 7: self = .sum
            case 9: self = .histogram
            case 10: self = .exponentialHistogram
            case 11: self = .summary
            default: return nil
            }
        }

        /// The field of OTLP's message that has the points.
        var field: UInt32 {
            switch self {
            case .gauge: 5
            case .sum: 7
            case .histogram: 9
            case .exponentialHistogram: 10
            case .summary: 11
            }
        }

        /// The field of a point that has its attributes.
        fileprivate var attributesField: UInt32 {
            switch self {
            case .gauge, .sum, .summary: 7
            case .histogram: 9
            case .exponentialHistogram: 1
            }
        }
    }

    /// A metric.
    struct Metric: Sendable {
        /// The number of its resource and scope in ``MetricBatch/origins``.
        let origin: Int
        var name = ""
        var description = ""
        var unit = ""
        var kind = Kind.gauge
        var temporality: Int64 = 0
        var isMonotonic = false
        var points: [Point] = []
    }

    /// A point of a metric.
    struct Point: Sendable {
        /// Where its message is.
        let message: Range<Int>
        var time: UInt64 = 0
        /// The hash of its attributes, in whatever order they are.
        var series: Int64 = 0
    }

    /// The request.
    let bytes: [UInt8]
    let origins: [RequestScanner.Origin]
    var metrics: [Metric] = []
    /// How many points can be kept.
    private(set) var pointCount = 0

    /// Reads a request.
    ///
    /// - Parameter bytes: An `ExportMetricsServiceRequest` in protobuf.
    /// - Throws: `OTLPDecodingError` if the bytes aren't a request, or one too costly to read.
    package init(_ bytes: [UInt8]) throws(OTLPDecodingError) {
        try ProtobufScan.check(bytes, .metrics)
        let span = bytes.span
        let request = try RequestScanner(span)
        self.bytes = bytes
        origins = request.origins
        for item in request.items {
            let metric = try Self.metric(span, item)
            pointCount += metric.points.count
            metrics.append(metric)
        }
    }

    private static func metric(
        _ bytes: Span<UInt8>, _ item: RequestScanner.Item
    ) throws(OTLPDecodingError) -> Metric {
        var metric = Metric(origin: item.origin)
        var reader = ProtobufReader(item.message)
        while let field = try reader.next(bytes) {
            guard field.wireType == 2 else {
                try reader.skip(field, bytes)
                continue
            }
            let content = try reader.content(bytes)
            switch field.number {
            case 1: metric.name = text(bytes, content)
            case 2: metric.description = text(bytes, content)
            case 3: metric.unit = text(bytes, content)
            default:
                guard let kind = Kind(field: field.number) else { continue }
                metric.kind = kind
                try points(bytes, content, of: &metric)
            }
        }
        return metric
    }

    private static func points(
        _ bytes: Span<UInt8>, _ range: Range<Int>, of metric: inout Metric
    ) throws(OTLPDecodingError) {
        metric.points = []
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            switch (field.number, field.wireType) {
            case (1, 2): metric.points.append(try point(bytes, reader.content(bytes), metric.kind))
            case (2, 0): metric.temporality = Int64(Int32(truncatingIfNeeded: try reader.varint(bytes)))
            case (3, 0): metric.isMonotonic = try reader.varint(bytes) != 0
            default: try reader.skip(field, bytes)
            }
        }
    }

    private static func point(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ kind: Kind
    ) throws(OTLPDecodingError) -> Point {
        var point = Point(message: range)
        var attributes: [Int64] = []
        var reader = ProtobufReader(range)
        while let field = try reader.next(bytes) {
            if field.number == 3, field.wireType == 1 {
                point.time = try reader.fixed64(bytes)
            } else if field.number == kind.attributesField, field.wireType == 2 {
                var hasher = SearchTerm.TermHasher(.attribute)
                hasher.add(bytes, try reader.content(bytes))
                attributes.append(hasher.hash)
            } else {
                try reader.skip(field, bytes)
            }
        }
        var hasher = SearchTerm.TermHasher(.attribute)
        for attribute in attributes.sorted() { hasher.add(String(attribute)) }
        point.series = hasher.hash
        return point
    }

    private static func text(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
        bytes.extracting(range).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
