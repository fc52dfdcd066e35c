@testable import QueuertOTel

/// What a collection came to, by name and attributes.
struct CollectedMetrics {
    let all: [MetricData]

    init(_ meters: MeterProvider) async { all = await meters.collect() }

    /// The metric of a name.
    func metric(_ name: String) -> MetricData? { all.first { $0.descriptor.name == name } }

    /// The points of a metric: numbers, or how many measurements a distribution has.
    func values(_ name: String) -> [AttributeSet: Double] {
        var values: [AttributeSet: Double] = [:]
        for point in numbers(name) {
            switch point.value {
            case .int(let number): values[point.attributes] = Double(number)
            case .double(let number): values[point.attributes] = number
            }
        }
        for point in distributions(name) { values[point.attributes] = Double(point.distribution.count) }
        return values
    }

    /// The points of a metric, added up, those with some attributes only.
    func total(_ name: String, _ attributes: Attribute...) -> Double {
        values(name).filter { set, _ in attributes.allSatisfy(set.attributes.contains) }.values.reduce(0, +)
    }

    /// The sum of all measurements of a distribution.
    func sum(_ name: String, _ attributes: Attribute...) -> Double {
        distributions(name).filter { point in attributes.allSatisfy(point.attributes.attributes.contains) }
            .reduce(0) { $0 + $1.distribution.sum }
    }

    func numbers(_ name: String) -> [MetricData.NumberPoint] {
        switch metric(name)?.content {
        case .gauge(let points), .sum(let points, _, _): points
        default: []
        }
    }

    func distributions(_ name: String) -> [MetricData.HistogramPoint] {
        if case .histogram(let points, _) = metric(name)?.content { points } else { [] }
    }

    /// What isn't as it is registered.
    var violations: [String] { all.flatMap { TelemetryRegistry.queuert.violations(in: $0) } }
}
