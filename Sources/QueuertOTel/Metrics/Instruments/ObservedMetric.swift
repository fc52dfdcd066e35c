internal import Synchronization

/// A value that was looked up at a collection.
public struct MetricObservation<Number: MetricNumber>: Sendable {
    /// The value.
    public var value: Number
    /// What it is told apart by.
    public var attributes: AttributeSet

    /// Makes an observation.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - attributes: What it is told apart by.
    public init(_ value: Number, _ attributes: AttributeSet = .empty) {
        self.value = value
        self.attributes = attributes
    }
}

/// What kind of number an observed metric is.
public enum ObservedKind: Hashable, Sendable {
    /// A count that only grows, told from its beginning.
    case counter
    /// A count that may shrink, told from its beginning.
    case upDownCounter
    /// A value that can't be added up.
    case gauge
}

/// A metric that is looked up when it is collected.
final class ObservedMetric<Number: MetricNumber>: ObservableMetric {
    let descriptor: MetricDescriptor
    private let kind: ObservedKind
    private let temporality: MetricTemporality
    private let attributes: MetricView.Attributes
    private let limit: Int
    private let observe: @Sendable () async -> [MetricObservation<Number>]
    /// When the time began that the next points are about, and what was told by then.
    private let state: Mutex<(start: UInt64, told: [AttributeSet: Number])>

    init(
        _ descriptor: MetricDescriptor, _ kind: ObservedKind, temporality: MetricTemporality,
        attributes: MetricView.Attributes = .all, limit: Int, start: UInt64,
        observe: @escaping @Sendable () async -> [MetricObservation<Number>]
    ) {
        self.descriptor = descriptor
        self.kind = kind
        self.temporality = temporality
        self.attributes = attributes
        self.limit = max(limit, 1)
        self.observe = observe
        state = Mutex((start, [:]))
    }

    func lookUp() async -> MetricLookup {
        let observations = await observe()
        // Of a set that is told twice, the last counts.
        var last: [AttributeSet: Int] = [:]
        for (index, observation) in observations.enumerated() { last[observation.attributes] = index }
        var values: [AttributeSet: Number] = [:]
        for (index, observation) in observations.enumerated() where last[observation.attributes] == index {
            let (kept, _) = attributes.part(observation.attributes)
            let isKnown = values[kept] != nil || values.count < limit - 1
            let key = isKnown ? kept : .overflow
            // What is beyond the limit, or a view doesn't tell apart, adds up; of a gauge the last counts.
            let before = kind == .gauge ? .zero : values[key] ?? .zero
            values[key] = before.addingClamped(observation.value)
        }
        return { [values] time in self.data(values, at: time) }
    }

    private func data(_ values: [AttributeSet: Number], at time: UInt64) -> MetricData? {
        guard !values.isEmpty else { return nil }
        let points = state.withLock { state in
            let told = state.told
            let start = state.start
            // The clock may have been set back: no point ends before it starts.
            let end = kind == .gauge ? time : max(time, start)
            if temporality == .delta, kind != .gauge { state = (end, values) }
            return values.map { attributes, value in
                MetricData.NumberPoint(
                    attributes: attributes, start: kind == .gauge ? 0 : start, time: end,
                    value: value.subtractingClamped(told[attributes] ?? .zero).metricValue)
            }
        }
        switch kind {
        case .gauge: return MetricData(descriptor: descriptor, content: .gauge(points))
        case .counter, .upDownCounter:
            return MetricData(
                descriptor: descriptor, content: .sum(points, temporality, isMonotonic: kind == .counter))
        }
    }
}

/// Something that is looked up at a collection.
protocol ObservableMetric: Sendable {
    var descriptor: MetricDescriptor { get }

    /// Looks up the values, which changes nothing before the result is used.
    func lookUp() async -> MetricLookup
}

/// What was looked up: tells its points at a time, or `nil` if there are none.
typealias MetricLookup = @Sendable (_ time: UInt64) -> MetricData?
