internal import Synchronization

/// What an instrument has measured since it was made or last collected, by attributes.
///
/// The number of different attribute sets is bounded, so that an attribute with endless values costs neither memory nor
/// the receiver's patience: what is beyond is kept under one set, `otel.metric.overflow`.
final class MetricStream<Aggregation: MetricAggregation>: CollectableMetric, MetricRecorder {
    private struct State {
        var cells: [AttributeSet: (start: UInt64, cell: Aggregation.Cell)] = [:]
        /// When the time that delta points are about began.
        var start: UInt64
    }

    let descriptor: MetricDescriptor
    private let aggregation: Aggregation
    private let limit: Int
    private let clock: any SpanClock
    private let state: Mutex<State>

    init(_ descriptor: MetricDescriptor, _ aggregation: Aggregation, limit: Int, clock: any SpanClock) {
        self.descriptor = descriptor
        self.aggregation = aggregation
        self.limit = max(limit, 1)
        self.clock = clock
        state = Mutex(State(start: clock.nanoseconds))
    }

    func record(_ value: Aggregation.Value, _ attributes: AttributeSet) {
        state.withLock { state in
            if let index = state.cells.index(forKey: attributes) {
                return aggregation.record(value, in: &state.cells.values[index].cell)
            }
            // One place is the overflow's.
            let key = state.cells.count < limit - 1 ? attributes : .overflow
            // A cumulative sum begins with its first measurement: a set that was forgotten starts anew, which receivers
            // see by its start.
            let start = aggregation.temporality == .delta ? state.start : clock.nanoseconds
            aggregation.record(value, in: &state.cells[key, default: (start, aggregation.makeCell())].cell)
        }
    }

    func forget(_ attributes: AttributeSet) {
        _ = state.withLock { $0.cells.removeValue(forKey: attributes) }
    }

    func collect(at time: UInt64) -> MetricData? {
        let points = state.withLock { state in
            defer {
                if aggregation.temporality == .delta {
                    state.cells.removeAll(keepingCapacity: true)
                    state.start = time
                }
            }
            return state.cells.map {
                CollectedPoint(attributes: $0.key, start: $0.value.start, time: time, cell: $0.value.cell)
            }
        }
        guard !points.isEmpty else { return nil }
        return MetricData(descriptor: descriptor, content: aggregation.content(points))
    }
}

/// Something that measures.
protocol MetricRecorder<Value>: Sendable {
    associatedtype Value: Sendable

    func record(_ value: Value, _ attributes: AttributeSet)

    /// Forgets what was measured with the attributes: the next measurement starts anew.
    func forget(_ attributes: AttributeSet)
}

/// Something whose measurements are collected.
protocol CollectableMetric: Sendable {
    var descriptor: MetricDescriptor { get }

    /// The points at a time, or `nil` if there are none.
    func collect(at time: UInt64) -> MetricData?
}
