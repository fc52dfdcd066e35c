#if SwiftMetrics
public import CoreMetrics
public import QueuertOTel
internal import Synchronization

/// Lets what is measured with swift-metrics be exported beside what is measured with ``MeterProvider``.
///
/// ```swift
/// let telemetry = Telemetry()
/// MetricsSystem.bootstrap(OTelMetricsFactory(meters: telemetry.meters))
/// ```
///
/// A label is the metric's name and dimensions are its attributes. Counters are counters; a counter that is reset starts
/// anew. Meters, and recorders that don't aggregate, are gauges. Recorders that do are histograms, and so are timers, in
/// seconds.
public final class OTelMetricsFactory: MetricsFactory {
    private struct MeterKey: Hashable {
        let label: String
        let attributes: AttributeSet
    }

    private let meters: MeterProvider
    /// Meters count up and down from their value, so all of one name and attributes must be one.
    private let made = Mutex<[MeterKey: MeterAdapter]>([:])

    /// Makes a factory.
    ///
    /// - Parameter meters: What makes the instruments, such as ``Telemetry/meters``.
    public init(meters: MeterProvider) {
        self.meters = meters
    }

    /// Makes what is behind a counter of whole numbers.
    ///
    /// - Parameters:
    ///   - label: The metric's name.
    ///   - dimensions: The attributes.
    /// - Returns: The handler.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        CounterAdapter(counter: meters.counter(label), attributes: AttributeSet(dimensions: dimensions))
    }

    /// Makes what is behind a counter of floating point numbers.
    ///
    /// - Parameters:
    ///   - label: The metric's name.
    ///   - dimensions: The attributes.
    /// - Returns: The handler.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        FloatingPointCounterAdapter(
            counter: meters.counter(label, of: Double.self), attributes: AttributeSet(dimensions: dimensions))
    }

    /// Makes what is behind a meter.
    ///
    /// - Parameters:
    ///   - label: The metric's name.
    ///   - dimensions: The attributes.
    /// - Returns: The handler.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let key = MeterKey(label: label, attributes: AttributeSet(dimensions: dimensions))
        let new = MeterAdapter(label: label, gauge: meters.gauge(label), attributes: key.attributes)
        return made.withLock { made in
            if let known = made[key] { return known }
            made[key] = new
            return new
        }
    }

    /// Makes what is behind a recorder: a histogram, or a gauge if nothing is to be aggregated.
    ///
    /// - Parameters:
    ///   - label: The metric's name.
    ///   - dimensions: The attributes.
    ///   - aggregate: Whether the distribution is wanted.
    /// - Returns: The handler.
    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        let attributes = AttributeSet(dimensions: dimensions)
        guard aggregate else { return GaugeAdapter(gauge: meters.gauge(label), attributes: attributes) }
        return HistogramAdapter(histogram: meters.histogram(label), attributes: attributes)
    }

    /// Makes what is behind a timer: a histogram of seconds.
    ///
    /// - Parameters:
    ///   - label: The metric's name.
    ///   - dimensions: The attributes.
    /// - Returns: The handler.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let isExponential = if case .exponential = meters.configuration.histogramBuckets { true } else { false }
        let buckets = isExponential ? nil : HistogramBuckets.explicit(ExplicitHistogram.secondsBounds)
        return HistogramAdapter(
            histogram: meters.histogram(label, unit: "s", buckets: buckets),
            attributes: AttributeSet(dimensions: dimensions))
    }

    /// Exports a counter no more.
    ///
    /// - Parameter handler: What is behind it.
    public func destroyCounter(_ handler: any CounterHandler) { (handler as? CounterAdapter)?.reset() }

    /// Exports a counter no more.
    ///
    /// - Parameter handler: What is behind it.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {
        (handler as? FloatingPointCounterAdapter)?.reset()
    }

    /// Exports a meter no more.
    ///
    /// - Parameter handler: What is behind it.
    public func destroyMeter(_ handler: any MeterHandler) {
        guard let meter = handler as? MeterAdapter else { return }
        _ = made.withLock { $0.removeValue(forKey: MeterKey(label: meter.label, attributes: meter.attributes)) }
        meter.forget()
    }

    /// Exports a recorder no more.
    ///
    /// - Parameter handler: What is behind it.
    public func destroyRecorder(_ handler: any RecorderHandler) {
        (handler as? GaugeAdapter)?.forget()
        (handler as? HistogramAdapter)?.forget()
    }

    /// Exports a timer no more.
    ///
    /// - Parameter handler: What is behind it.
    public func destroyTimer(_ handler: any TimerHandler) { (handler as? HistogramAdapter)?.forget() }
}

extension AttributeSet {
    fileprivate init(dimensions: [(String, String)]) {
        self.init(dimensions.map { Attribute($0.0, .string($0.1)) })
    }
}
#endif
