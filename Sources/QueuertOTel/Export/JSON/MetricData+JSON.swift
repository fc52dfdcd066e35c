/// The message `Metric` in JSON, and those in it.
extension MetricData {
    func write(to json: inout JSONWriter) {
        json.string("name", descriptor.name)
        json.string("description", descriptor.description)
        json.string("unit", descriptor.unit)
        switch content {
        case .gauge(let points):
            json.object("gauge") { Self.write(points, to: &$0) }
        case .sum(let points, let temporality, let isMonotonic):
            json.object("sum") { sum in
                Self.write(points, to: &sum)
                sum.number("aggregationTemporality", temporality.rawValue)
                if isMonotonic { sum.anyBool("isMonotonic", true) }
            }
        case .histogram(let points, let temporality):
            json.object("histogram") { histogram in
                histogram.array("dataPoints", points) { Self.write($1, to: &$0) }
                histogram.number("aggregationTemporality", temporality.rawValue)
            }
        case .exponentialHistogram(let points, let temporality):
            json.object("exponentialHistogram") { histogram in
                histogram.array("dataPoints", points) { Self.write($1, to: &$0) }
                histogram.number("aggregationTemporality", temporality.rawValue)
            }
        }
    }

    private static func write(_ points: [NumberPoint], to json: inout JSONWriter) {
        json.array("dataPoints", points) { target, point in
            write(point.attributes, point.start, point.time, to: &target)
            switch point.value {
            case .int(let number): target.anyLong("asInt", number)
            case .double(let number): target.anyDouble("asDouble", number)
            }
            write(point.exemplars, to: &target)
        }
    }

    private static func write(_ point: HistogramPoint, to json: inout JSONWriter) {
        let distribution = point.distribution
        write(point.attributes, point.start, point.time, to: &json)
        json.long("count", distribution.count)
        json.anyDouble("sum", distribution.sum)
        json.values("bucketCounts", distribution.counts) { $0.long($1) }
        json.values("explicitBounds", distribution.bounds) { $0.double($1) }
        write(point.exemplars, to: &json)
        if let minimum = distribution.minimum { json.anyDouble("min", minimum) }
        if let maximum = distribution.maximum { json.anyDouble("max", maximum) }
    }

    private static func write(_ point: ExponentialHistogramPoint, to json: inout JSONWriter) {
        let distribution = point.distribution
        write(point.attributes, point.start, point.time, to: &json)
        json.long("count", distribution.count)
        json.anyDouble("sum", distribution.sum)
        json.number("scale", distribution.scale)
        json.long("zeroCount", distribution.zeroCount)
        write("positive", distribution.positive, to: &json)
        write("negative", distribution.negative, to: &json)
        write(point.exemplars, to: &json)
        if let minimum = distribution.minimum { json.anyDouble("min", minimum) }
        if let maximum = distribution.maximum { json.anyDouble("max", maximum) }
    }

    private static func write(_ exemplars: [Exemplar], to json: inout JSONWriter) {
        json.array("exemplars", exemplars) { target, exemplar in
            target.long("timeUnixNano", exemplar.time)
            switch exemplar.value {
            case .int(let number): target.anyLong("asInt", number)
            case .double(let number): target.anyDouble("asDouble", number)
            }
            if let context = exemplar.context { target.context(context) }
            target.attributes(exemplar.filteredAttributes, named: "filteredAttributes")
        }
    }

    private static func write(
        _ name: StaticString, _ buckets: ExponentialHistogram.Buckets, to json: inout JSONWriter
    ) {
        guard !buckets.counts.isEmpty else { return }
        json.object(name) { target in
            target.number("offset", buckets.offset)
            target.values("bucketCounts", buckets.counts) { $0.long($1) }
        }
    }

    private static func write(
        _ attributes: AttributeSet, _ start: UInt64, _ time: UInt64, to json: inout JSONWriter
    ) {
        json.attributes(attributes.attributes)
        json.long("startTimeUnixNano", start)
        json.long("timeUnixNano", time)
    }
}
