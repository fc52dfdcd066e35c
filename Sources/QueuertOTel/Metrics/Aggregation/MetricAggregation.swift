/// How the measurements of an instrument become points.
protocol MetricAggregation<Value>: Sendable {
    associatedtype Value: MetricNumber
    /// What is kept of the measurements with the same attributes.
    associatedtype Cell: Sendable

    /// Whether what was collected starts anew.
    var temporality: MetricTemporality { get }
    /// How exemplars are kept.
    var reservoir: ExemplarReservoirKind { get }

    func makeCell() -> Cell
    /// Adds a measurement.
    ///
    /// - Returns: The bucket that it is in, zero without buckets; `nil` if it was left out.
    func record(_ value: Value, in cell: inout Cell) -> Int?
    func content(_ points: [CollectedPoint<Cell>]) -> MetricData.Content
}

/// How many exemplars a point has.
enum ExemplarReservoirKind {
    /// So many at most.
    case fixed(Int)
    /// One for each of so many buckets.
    case aligned(Int)
}

/// A cell at its collection.
struct CollectedPoint<Cell: Sendable>: Sendable {
    var attributes: AttributeSet
    var start: UInt64
    var time: UInt64
    var cell: Cell
    var exemplars: [Exemplar] = []
}

/// Adds up.
struct SumAggregation<Value: MetricNumber>: MetricAggregation {
    let temporality: MetricTemporality
    let isMonotonic: Bool
    var reservoir: ExemplarReservoirKind { .fixed(1) }

    func makeCell() -> Value { .zero }

    func record(_ value: Value, in cell: inout Value) -> Int? {
        cell = cell.addingClamped(value)
        return 0
    }

    func content(_ points: [CollectedPoint<Value>]) -> MetricData.Content {
        .sum(points.map(\.numberPoint), temporality, isMonotonic: isMonotonic)
    }
}

/// Keeps the last.
struct LastValueAggregation<Value: MetricNumber>: MetricAggregation {
    var temporality: MetricTemporality { .cumulative }
    var reservoir: ExemplarReservoirKind { .fixed(1) }

    func makeCell() -> Value { .zero }

    func record(_ value: Value, in cell: inout Value) -> Int? {
        cell = value
        return 0
    }

    func content(_ points: [CollectedPoint<Value>]) -> MetricData.Content { .gauge(points.map(\.numberPoint)) }
}

/// Counts in buckets with fixed bounds.
struct ExplicitHistogramAggregation: MetricAggregation {
    let temporality: MetricTemporality
    let bounds: [Double]
    var reservoir: ExemplarReservoirKind { .aligned(bounds.count + 1) }

    func makeCell() -> ExplicitHistogram { ExplicitHistogram(bounds: bounds) }

    func record(_ value: Double, in cell: inout ExplicitHistogram) -> Int? { cell.recordInBucket(value) }

    func content(_ points: [CollectedPoint<ExplicitHistogram>]) -> MetricData.Content {
        .histogram(
            points.map {
                .init(
                    attributes: $0.attributes, start: $0.start, time: $0.time, distribution: $0.cell,
                    exemplars: $0.exemplars)
            }, temporality)
    }
}

/// Counts in exponential buckets.
struct ExponentialHistogramAggregation: MetricAggregation {
    let temporality: MetricTemporality
    let maximumSize: Int
    let maximumScale: Int
    var reservoir: ExemplarReservoirKind { .fixed(min(20, max(maximumSize, 1))) }

    func makeCell() -> ExponentialHistogram {
        ExponentialHistogram(maximumSize: maximumSize, maximumScale: maximumScale)
    }

    func record(_ value: Double, in cell: inout ExponentialHistogram) -> Int? {
        cell.record(value)
        return value.isFinite ? 0 : nil
    }

    func content(_ points: [CollectedPoint<ExponentialHistogram>]) -> MetricData.Content {
        .exponentialHistogram(
            points.map {
                .init(
                    attributes: $0.attributes, start: $0.start, time: $0.time, distribution: $0.cell,
                    exemplars: $0.exemplars)
            }, temporality)
    }
}

extension CollectedPoint where Cell: MetricNumber {
    fileprivate var numberPoint: MetricData.NumberPoint {
        MetricData.NumberPoint(
            attributes: attributes, start: start, time: time, value: cell.metricValue, exemplars: exemplars)
    }
}
