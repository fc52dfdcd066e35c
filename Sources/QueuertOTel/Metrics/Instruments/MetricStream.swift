internal import Synchronization

/// What an instrument has measured since it was made or last collected, by attributes.
///
/// The number of different attribute sets is bounded, so that an attribute with endless values costs neither memory nor
/// the receiver's patience: what is beyond is kept under one set, `otel.metric.overflow`.
final class MetricStream<Aggregation: MetricAggregation>: CollectableMetric, MetricRecorder {
    typealias Value = Aggregation.Value

    private struct Slot {
        let attributes: AttributeSet
        let start: UInt64
        var cell: Aggregation.Cell
        var exemplars = ExemplarReservoir()
    }

    /// An attribute set that is measured with often, and where it was found last.
    private struct Binding {
        let attributes: AttributeSet
        let left: [Attribute]
        var generation = -1
        var place = 0
    }

    private struct State {
        var places: [AttributeSet: Int] = [:]
        var slots: [Slot] = []
        var bindings: [Binding] = []
        /// Goes up when a place may become another set's.
        var generation = 0
        var random = ExemplarRandom()
        /// When the time that delta points are about began.
        var start: UInt64
    }

    let descriptor: MetricDescriptor
    private let aggregation: Aggregation
    private let options: MetricStreamOptions
    private let state: Mutex<State>

    init(_ descriptor: MetricDescriptor, _ aggregation: Aggregation, _ options: MetricStreamOptions) {
        self.descriptor = descriptor
        self.aggregation = aggregation
        self.options = options
        state = Mutex(State(start: options.clock.nanoseconds))
    }

    // MARK: Recording

    func record(_ value: Value, _ attributes: AttributeSet) {
        record(value, attributes, options.exemplars.currentOffer)
    }

    func record(_ value: Value, _ attributes: AttributeSet, in context: TraceContext?) {
        record(value, attributes, options.exemplars.offer(context))
    }

    private func record(_ value: Value, _ attributes: AttributeSet, _ offer: ExemplarFilter.Offer?) {
        let (kept, left) = options.attributes.part(attributes)
        state.withLock { state in
            let place = place(of: kept, &state)
            guard let bucket = aggregation.record(value, in: &state.slots[place].cell), let offer else { return }
            keep(value, offer, inBucket: bucket, at: place, left: left, &state)
        }
    }

    func bound(to attributes: AttributeSet) -> any BoundRecorder<Value> {
        let (kept, left) = options.attributes.part(attributes)
        let number = state.withLock { state in
            state.bindings.append(Binding(attributes: kept, left: left))
            return state.bindings.count - 1
        }
        return Bound(stream: self, number: number)
    }

    /// Records with an attribute set that is known already.
    private struct Bound: BoundRecorder {
        let stream: MetricStream
        let number: Int

        func record(_ value: Value, in context: TraceContext?) {
            let offer = stream.options.exemplars.offer(context)
            stream.state.withLock { state in
                if state.bindings[number].generation != state.generation {
                    state.bindings[number].place = stream.place(of: state.bindings[number].attributes, &state)
                    state.bindings[number].generation = state.generation
                }
                let place = state.bindings[number].place
                guard let bucket = stream.aggregation.record(value, in: &state.slots[place].cell), let offer else {
                    return
                }
                let left = state.bindings[number].left
                stream.keep(value, offer, inBucket: bucket, at: place, left: left, &state)
            }
        }
    }

    /// Where the measurements with these attributes are kept.
    private func place(of attributes: AttributeSet, _ state: inout State) -> Int {
        if let place = state.places[attributes] { return place }
        // One place is the overflow's, whether it is taken or not.
        let count = state.places.count - (state.places[.overflow] == nil ? 0 : 1)
        let key = count < options.limit - 1 ? attributes : .overflow
        if let place = state.places[key] { return place }
        // A cumulative sum begins with its first measurement: a set that was forgotten starts anew, which receivers
        // see by its start.
        let start = aggregation.temporality == .delta ? state.start : options.clock.nanoseconds
        state.places[key] = state.slots.count
        state.slots.append(Slot(attributes: key, start: start, cell: aggregation.makeCell()))
        return state.slots.count - 1
    }

    /// Keeps a measurement as an exemplar, if chance will have it.
    private func keep(
        _ value: Value, _ offer: ExemplarFilter.Offer, inBucket bucket: Int, at place: Int, left: [Attribute],
        _ state: inout State
    ) {
        guard
            let kept = state.slots[place].exemplars.place(
                inBucket: bucket, of: aggregation.reservoir, &state.random)
        else { return }
        let exemplar = Exemplar(
            time: options.clock.nanoseconds, value: value.metricValue, context: offer.context, filteredAttributes: left)
        state.slots[place].exemplars.keep(exemplar, at: kept)
    }

    func forget(_ attributes: AttributeSet) {
        let (kept, _) = options.attributes.part(attributes)
        state.withLock { state in
            guard let place = state.places.removeValue(forKey: kept) else { return }
            // The last one moves to where the forgotten one was.
            let last = state.slots.removeLast()
            if place < state.slots.count {
                state.slots[place] = last
                state.places[last.attributes] = place
            }
            state.generation += 1
        }
    }

    // MARK: Collecting

    func collect(at time: UInt64) -> MetricData? {
        let points = state.withLock { state in
            defer {
                if aggregation.temporality == .delta {
                    state.places.removeAll(keepingCapacity: true)
                    state.slots.removeAll(keepingCapacity: true)
                    state.generation += 1
                    state.start = max(time, state.start)
                }
            }
            return state.slots.indices.map { index in
                let exemplars = state.slots[index].exemplars.take()
                let slot = state.slots[index]
                // The time was read before, and the clock may have been set back: no point ends before it starts.
                return CollectedPoint(
                    attributes: slot.attributes, start: slot.start, time: max(time, slot.start), cell: slot.cell,
                    exemplars: exemplars)
            }
        }
        guard !points.isEmpty else { return nil }
        return MetricData(descriptor: descriptor, content: aggregation.content(points))
    }
}

/// What all aggregations have in common.
struct MetricStreamOptions: Sendable {
    var attributes = MetricView.Attributes.all
    var limit: Int
    var exemplars: ExemplarFilter
    var clock: any SpanClock
}

/// Something whose measurements are collected.
protocol CollectableMetric: Sendable {
    var descriptor: MetricDescriptor { get }

    /// The points at a time, or `nil` if there are none.
    func collect(at time: UInt64) -> MetricData?
}
