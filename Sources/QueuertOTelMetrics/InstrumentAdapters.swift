#if SwiftMetrics
internal import CoreMetrics
internal import QueuertOTel
internal import Synchronization

/// A counter of whole numbers.
final class CounterAdapter: CounterHandler {
    private let counter: CounterInstrument<Int>
    private let attributes: AttributeSet

    init(counter: CounterInstrument<Int>, attributes: AttributeSet) {
        self.counter = counter
        self.attributes = attributes
    }

    func increment(by amount: Int64) { counter.add(Int(clamping: amount), attributes) }

    func reset() { counter.forget(attributes) }
}

/// A counter of floating point numbers.
final class FloatingPointCounterAdapter: FloatingPointCounterHandler {
    private let counter: CounterInstrument<Double>
    private let attributes: AttributeSet

    init(counter: CounterInstrument<Double>, attributes: AttributeSet) {
        self.counter = counter
        self.attributes = attributes
    }

    func increment(by amount: Double) { counter.add(amount, attributes) }

    func reset() { counter.forget(attributes) }
}

/// A gauge that can also count up and down from its value.
final class MeterAdapter: MeterHandler {
    let label: String
    let attributes: AttributeSet
    private let gauge: GaugeInstrument<Double>
    private let value = Mutex(0.0)

    init(label: String, gauge: GaugeInstrument<Double>, attributes: AttributeSet) {
        self.label = label
        self.gauge = gauge
        self.attributes = attributes
    }

    func set(_ new: Int64) { set(Double(new)) }

    func set(_ new: Double) { change { $0 = new } }

    func increment(by amount: Double) { change { $0 += amount } }

    func decrement(by amount: Double) { change { $0 -= amount } }

    func forget() { gauge.forget(attributes) }

    /// The gauge is told within the lock, so that the last change is also the last that it hears of.
    private func change(_ body: (inout Double) -> Void) {
        value.withLock { value in
            body(&value)
            gauge.record(value, attributes)
        }
    }
}

/// A recorder that keeps the last value.
final class GaugeAdapter: RecorderHandler {
    private let gauge: GaugeInstrument<Double>
    private let attributes: AttributeSet

    init(gauge: GaugeInstrument<Double>, attributes: AttributeSet) {
        self.gauge = gauge
        self.attributes = attributes
    }

    func record(_ value: Int64) { gauge.record(Double(value), attributes) }

    func record(_ value: Double) { gauge.record(value, attributes) }

    func forget() { gauge.forget(attributes) }
}

/// A recorder that keeps the distribution, and a timer.
final class HistogramAdapter: RecorderHandler, TimerHandler {
    private let histogram: HistogramInstrument
    private let attributes: AttributeSet

    init(histogram: HistogramInstrument, attributes: AttributeSet) {
        self.histogram = histogram
        self.attributes = attributes
    }

    func record(_ value: Int64) { histogram.record(Double(value), attributes) }

    func record(_ value: Double) { histogram.record(value, attributes) }

    func recordNanoseconds(_ duration: Int64) { histogram.record(Double(duration) / 1_000_000_000, attributes) }

    func forget() { histogram.forget(attributes) }
}
#endif
