/// Something that measures.
protocol MetricRecorder<Value>: Sendable {
    associatedtype Value: Sendable

    /// Measures in the task's current span.
    func record(_ value: Value, _ attributes: AttributeSet)

    /// Measures in a span that need not be the current one.
    func record(_ value: Value, _ attributes: AttributeSet, in context: TraceContext?)

    /// What measures with these attributes, at less cost than looking them up each time.
    ///
    /// The binding stays as long as the instrument does: for sets that are few.
    func bound(to attributes: AttributeSet) -> any BoundRecorder<Value>

    /// Forgets what was measured with the attributes: the next measurement starts anew.
    func forget(_ attributes: AttributeSet)
}

/// Something that measures with attributes that are known.
protocol BoundRecorder<Value>: Sendable {
    associatedtype Value: Sendable

    /// Measures in a span that need not be the current one.
    func record(_ value: Value, in context: TraceContext?)
}

/// Measures for each view, or for none.
struct FanOutRecorder<Value: Sendable>: MetricRecorder, BoundRecorder {
    var recorders: [any MetricRecorder<Value>]
    private var bound: [any BoundRecorder<Value>] = []

    init(_ recorders: [any MetricRecorder<Value>]) { self.recorders = recorders }

    func record(_ value: Value, _ attributes: AttributeSet) {
        for recorder in recorders { recorder.record(value, attributes) }
    }

    func record(_ value: Value, _ attributes: AttributeSet, in context: TraceContext?) {
        for recorder in recorders { recorder.record(value, attributes, in: context) }
    }

    func record(_ value: Value, in context: TraceContext?) {
        for recorder in bound { recorder.record(value, in: context) }
    }

    func bound(to attributes: AttributeSet) -> any BoundRecorder<Value> {
        var copy = self
        copy.bound = recorders.map { $0.bound(to: attributes) }
        return copy
    }

    func forget(_ attributes: AttributeSet) {
        for recorder in recorders { recorder.forget(attributes) }
    }
}

/// Measures numbers of another kind as floating point numbers, for a distribution of them.
struct ConvertingRecorder<Value: MetricNumber>: MetricRecorder {
    let recorder: any MetricRecorder<Double>

    func record(_ value: Value, _ attributes: AttributeSet) { recorder.record(value.asDouble, attributes) }

    func record(_ value: Value, _ attributes: AttributeSet, in context: TraceContext?) {
        recorder.record(value.asDouble, attributes, in: context)
    }

    func bound(to attributes: AttributeSet) -> any BoundRecorder<Value> {
        Bound(recorder: recorder.bound(to: attributes))
    }

    func forget(_ attributes: AttributeSet) { recorder.forget(attributes) }

    private struct Bound: BoundRecorder {
        let recorder: any BoundRecorder<Double>
        func record(_ value: Value, in context: TraceContext?) { recorder.record(value.asDouble, in: context) }
    }
}

extension MetricNumber {
    /// The nearest floating point number.
    fileprivate var asDouble: Double {
        switch metricValue {
        case .int(let number): Double(number)
        case .double(let number): number
        }
    }
}
