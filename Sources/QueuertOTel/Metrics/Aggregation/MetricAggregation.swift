/// How the measurements of an instrument become points.
protocol MetricAggregation<Value>: Sendable {
    associatedtype Value: Sendable
    /// What is kept of the measurements with the same attributes.
    associatedtype Cell: Sendable

    /// Whether what was collected starts anew.
    var temporality: MetricTemporality { get }

    func makeCell() -> Cell
    func record(_ value: Value, in cell: inout Cell)
    func content(_ points: [CollectedPoint<Cell>]) -> MetricData.Content
}

/// A cell at its collection.
struct CollectedPoint<Cell: Sendable>: Sendable {
    var attributes: AttributeSet
    var start: UInt64
    var time: UInt64
    var cell: Cell
}

/// Adds up.
struct SumAggregation<Value: MetricNumber>: MetricAggregation {
    let temporality: MetricTemporality
    let isMonotonic: Bool

    func makeCell() -> Value { .zero }

    func record(_ value: Value, in cell: inout Value) { cell = cell.addingClamped(value) }

    func content(_ points: [CollectedPoint<Value>]) -> MetricData.Content {
        .sum(points.map(\.numberPoint), temporality, isMonotonic: isMonotonic)
    }
}

/// Keeps the last.
struct LastValueAggregation<Value: MetricNumber>: MetricAggregation {
    var temporality: MetricTemporality { .cumulative }

    func makeCell() -> Value { .zero }

    func record(_ value: Value, in cell: inout Value) { cell = value }

    func content(_ points: [CollectedPoint<Value>]) -> MetricData.Content { .gauge(points.map(\.numberPoint)) }
}

/// Counts in buckets with fixed bounds.
struct ExplicitHistogramAggregation: MetricAggregation {
    let temporality: MetricTemporality
    let bounds: [Double]

    func makeCell() -> ExplicitHistogram { ExplicitHistogram(bounds: bounds) }

    func record(_ value: Double, in cell: inout ExplicitHistogram) { cell.record(value) }

    func content(_ points: [CollectedPoint<ExplicitHistogram>]) -> MetricData.Content {
        .histogram(
            points.map { .init(attributes: $0.attributes, start: $0.start, time: $0.time, distribution: $0.cell) },
            temporality)
    }
}

/// Counts in exponential buckets.
struct ExponentialHistogramAggregation: MetricAggregation {
    let temporality: MetricTemporality
    let maximumSize: Int
    let maximumScale: Int

    func makeCell() -> ExponentialHistogram {
        ExponentialHistogram(maximumSize: maximumSize, maximumScale: maximumScale)
    }

    func record(_ value: Double, in cell: inout ExponentialHistogram) { cell.record(value) }

    func content(_ points: [CollectedPoint<ExponentialHistogram>]) -> MetricData.Content {
        .exponentialHistogram(
            points.map { .init(attributes: $0.attributes, start: $0.start, time: $0.time, distribution: $0.cell) },
            temporality)
    }
}

extension CollectedPoint where Cell: MetricNumber {
    fileprivate var numberPoint: MetricData.NumberPoint {
        MetricData.NumberPoint(attributes: attributes, start: start, time: time, value: cell.metricValue)
    }
}
