/// The message `Metric`, and those in it.
extension MetricData: OTLPItem {
    static var signal: OTLPSignal { .metrics }

    var scope: InstrumentationScope { descriptor.scope }

    var itemCount: Int { content.pointCount }

    func write(to writer: inout ProtobufWriter) {
        switch content {
        case .gauge(let points):
            writer.message(5) { Self.write(points, to: &$0) }
        case .sum(let points, let temporality, let isMonotonic):
            writer.message(7) { sum in
                sum.varint(3, isMonotonic ? 1 : 0)
                sum.varint(2, UInt64(temporality.rawValue))
                Self.write(points, to: &sum)
            }
        case .histogram(let points, let temporality):
            writer.message(9) { histogram in
                histogram.varint(2, UInt64(temporality.rawValue))
                for point in points.reversed() { Self.write(point, to: &histogram) }
            }
        case .exponentialHistogram(let points, let temporality):
            writer.message(10) { histogram in
                histogram.varint(2, UInt64(temporality.rawValue))
                for point in points.reversed() { Self.write(point, to: &histogram) }
            }
        }
        writer.string(3, descriptor.unit)
        writer.string(2, descriptor.description)
        writer.string(1, descriptor.name)
    }

    private static func write(_ points: [NumberPoint], to writer: inout ProtobufWriter) {
        for point in points.reversed() {
            writer.message(1) { target in
                target.attributes(7, point.attributes.attributes)
                if case .int(let number) = point.value { target.anyFixed64(6, UInt64(bitPattern: number)) }
                write(5, point.exemplars, to: &target)
                if case .double(let number) = point.value { target.anyFixed64(4, number.bitPattern) }
                target.fixed64(3, point.time)
                target.fixed64(2, point.start)
            }
        }
    }

    private static func write(_ point: HistogramPoint, to writer: inout ProtobufWriter) {
        let distribution = point.distribution
        writer.message(1) { target in
            if let maximum = distribution.maximum { target.anyFixed64(12, maximum.bitPattern) }
            if let minimum = distribution.minimum { target.anyFixed64(11, minimum.bitPattern) }
            target.attributes(9, point.attributes.attributes)
            write(8, point.exemplars, to: &target)
            target.packedFixed64(7, distribution.bounds) { $0.bitPattern }
            target.packedFixed64(6, distribution.counts) { $0 }
            target.anyFixed64(5, distribution.sum.bitPattern)
            target.fixed64(4, distribution.count)
            target.fixed64(3, point.time)
            target.fixed64(2, point.start)
        }
    }

    private static func write(_ point: ExponentialHistogramPoint, to writer: inout ProtobufWriter) {
        let distribution = point.distribution
        writer.message(1) { target in
            if let maximum = distribution.maximum { target.anyFixed64(13, maximum.bitPattern) }
            if let minimum = distribution.minimum { target.anyFixed64(12, minimum.bitPattern) }
            write(11, point.exemplars, to: &target)
            write(9, distribution.negative, to: &target)
            write(8, distribution.positive, to: &target)
            target.fixed64(7, distribution.zeroCount)
            target.zigzag(6, distribution.scale)
            target.anyFixed64(5, distribution.sum.bitPattern)
            target.fixed64(4, distribution.count)
            target.fixed64(3, point.time)
            target.fixed64(2, point.start)
            target.attributes(1, point.attributes.attributes)
        }
    }

    private static func write(_ field: Int, _ exemplars: [Exemplar], to writer: inout ProtobufWriter) {
        for exemplar in exemplars.reversed() {
            writer.message(field) { target in
                target.attributes(7, exemplar.filteredAttributes)
                if case .int(let number) = exemplar.value { target.anyFixed64(6, UInt64(bitPattern: number)) }
                if let context = exemplar.context {
                    target.traceID(5, context.traceID)
                    target.spanID(4, context.spanID)
                }
                if case .double(let number) = exemplar.value { target.anyFixed64(3, number.bitPattern) }
                target.fixed64(2, exemplar.time)
            }
        }
    }

    /// Buckets without any measurement are not on the wire.
    private static func write(
        _ field: Int, _ buckets: ExponentialHistogram.Buckets, to writer: inout ProtobufWriter
    ) {
        guard !buckets.counts.isEmpty else { return }
        writer.message(field) { target in
            target.packedVarints(2, buckets.counts)
            target.zigzag(1, buckets.offset)
        }
    }
}
