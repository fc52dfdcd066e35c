import QueuertOTel

/// A point of a metric, whatever its kind.
struct MetricPoint {
    let attributes: [Attribute]
    /// The number, or of a distribution the sum.
    let value: Double
    /// How many measurements a distribution has.
    let count: UInt64?
    let minimum: Double?
    let maximum: Double?
    let exemplars: [Exemplar]

    static func points(of metric: MetricData) -> [MetricPoint] {
        switch metric.content {
        case .gauge(let points), .sum(let points, _, _):
            points.map { point in
                MetricPoint(
                    attributes: point.attributes.attributes, value: number(point.value), count: nil, minimum: nil,
                    maximum: nil, exemplars: point.exemplars)
            }
        case .histogram(let points, _):
            points.map { point in
                let distribution = point.distribution
                return MetricPoint(
                    attributes: point.attributes.attributes, value: distribution.sum, count: distribution.count,
                    minimum: distribution.minimum, maximum: distribution.maximum, exemplars: point.exemplars)
            }
        case .exponentialHistogram(let points, _):
            points.map { point in
                let distribution = point.distribution
                return MetricPoint(
                    attributes: point.attributes.attributes, value: distribution.sum, count: distribution.count,
                    minimum: distribution.minimum, maximum: distribution.maximum, exemplars: point.exemplars)
            }
        }
    }

    private static func number(_ value: MetricValue) -> Double {
        switch value {
        case .int(let number): Double(number)
        case .double(let number): number
        }
    }

    /// The number of measurements, or else the value: what points are added up by.
    var total: Double { count.map { Double($0) } ?? value }

    var heading: String {
        let attributes = attributes.map(SpanText.attribute).joined(separator: ", ")
        let numbers =
            count.map { "count \($0), sum \(NumberMatcher.text(value))" } ?? "value \(NumberMatcher.text(value))"
        return "point {\(attributes)} \(numbers)"
    }
}
