public import Logging
internal import Synchronization

/// Makes instruments and collects what they measure.
///
/// ```swift
/// let meters = MeterProvider()
/// let mails = meters.counter("shop.mails.sent", unit: "{mail}")
/// mails.add(1, ["shop.mail.kind": "receipt"])
/// ```
///
/// Instruments may be used by any thread. An instrument that is asked for again, by the same name and scope, is the same
/// one. One reader collects: with delta temporality each collection starts anew.
public final class MeterProvider: Sendable {
    private struct Key: Hashable {
        /// In lower case: names that differ in case only are one to receivers.
        let name: String
        let scope: InstrumentationScope
    }

    private struct Registration: Sendable {
        let descriptor: MetricDescriptor
        let instrument: any Sendable
    }

    private struct State {
        var instruments: [Key: Registration] = [:]
        var streams: [any CollectableMetric] = []
        var observed: [any ObservableMetric] = []
    }

    /// How measurements are aggregated.
    public let configuration: Configuration
    private let clock: any SpanClock
    private let logger: Logger
    private let state = Mutex(State())

    /// Makes a provider.
    ///
    /// - Parameters:
    ///   - configuration: How measurements are aggregated.
    ///   - clock: Tells the time of points.
    ///   - logger: Told of instruments that can't be as they are asked for.
    public init(
        configuration: Configuration = Configuration(), clock: any SpanClock = SystemSpanClock(),
        logger: Logger = Logger(label: "queuert.otel")
    ) {
        self.configuration = configuration
        self.clock = clock
        self.logger = logger
    }

    // MARK: Instruments

    /// Makes a counter of what only grows.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - type: The kind of number.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - scope: The library that measures; the application by default.
    /// - Returns: The counter.
    public func counter<Number: MetricNumber>(
        _ name: String, of type: Number.Type = Int.self, unit: String = "", description: String = "",
        scope: InstrumentationScope = .application
    ) -> CounterInstrument<Number> {
        let descriptor = MetricDescriptor(name: name, unit: unit, description: description, scope: scope)
        return instrument(descriptor) {
            let aggregation = SumAggregation<Number>(
                temporality: configuration.temporality.of(.counter), isMonotonic: true)
            let stream = stream(descriptor, aggregation)
            return (CounterInstrument(recorder: stream), stream)
        }
    }

    /// Makes a counter of what comes and goes.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - type: The kind of number.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - scope: The library that measures; the application by default.
    /// - Returns: The counter.
    public func upDownCounter<Number: MetricNumber>(
        _ name: String, of type: Number.Type = Int.self, unit: String = "", description: String = "",
        scope: InstrumentationScope = .application
    ) -> UpDownCounterInstrument<Number> {
        let descriptor = MetricDescriptor(name: name, unit: unit, description: description, scope: scope)
        return instrument(descriptor) {
            let aggregation = SumAggregation<Number>(
                temporality: configuration.temporality.of(.upDownCounter), isMonotonic: false)
            let stream = stream(descriptor, aggregation)
            return (UpDownCounterInstrument(recorder: stream), stream)
        }
    }

    /// Makes a gauge, which keeps the last value.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - type: The kind of number.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - scope: The library that measures; the application by default.
    /// - Returns: The gauge.
    public func gauge<Number: MetricNumber>(
        _ name: String, of type: Number.Type = Double.self, unit: String = "", description: String = "",
        scope: InstrumentationScope = .application
    ) -> GaugeInstrument<Number> {
        let descriptor = MetricDescriptor(name: name, unit: unit, description: description, scope: scope)
        return instrument(descriptor) {
            let stream = stream(descriptor, LastValueAggregation<Number>())
            return (GaugeInstrument(recorder: stream), stream)
        }
    }

    /// Makes a histogram.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - buckets: The buckets; `nil` for those of the configuration.
    ///   - scope: The library that measures; the application by default.
    /// - Returns: The histogram.
    public func histogram(
        _ name: String, unit: String = "", description: String = "", buckets: HistogramBuckets? = nil,
        scope: InstrumentationScope = .application
    ) -> HistogramInstrument {
        let descriptor = MetricDescriptor(name: name, unit: unit, description: description, scope: scope)
        return instrument(descriptor) {
            let temporality = configuration.temporality.of(.histogram)
            switch buckets ?? configuration.histogramBuckets {
            case .explicit(let bounds):
                let stream = stream(
                    descriptor, ExplicitHistogramAggregation(temporality: temporality, bounds: bounds.sorted()))
                return (HistogramInstrument(recorder: stream), stream)
            case .exponential(let size, let scale):
                let stream = stream(
                    descriptor,
                    ExponentialHistogramAggregation(
                        temporality: temporality, maximumSize: size, maximumScale: scale))
                return (HistogramInstrument(recorder: stream), stream)
            }
        }
    }

    /// Has a metric looked up at each collection.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - kind: What kind of number it is.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - scope: The library that measures; the application by default.
    ///   - values: Looks up the values, quickly: what takes longer than a collection may is not collected. Counters are
    ///     told from their beginning.
    public func observe<Number: MetricNumber>(
        _ name: String, as kind: ObservedKind, unit: String = "", description: String = "",
        scope: InstrumentationScope = .application, values: @escaping @Sendable () async -> [MetricObservation<Number>]
    ) {
        let descriptor = MetricDescriptor(name: name, unit: unit, description: description, scope: scope)
        check(descriptor)
        let metric = ObservedMetric(
            descriptor, kind, temporality: configuration.temporality.observed(kind),
            limit: configuration.cardinalityLimit, start: clock.nanoseconds, observe: values)
        state.withLock { $0.observed.append(metric) }
    }

    // MARK: Collection

    /// Collects what was measured, in the order in which instruments were made.
    ///
    /// - Returns: Each metric that has points.
    public func collect() async -> [MetricData] {
        let (streams, observed) = state.withLock { ($0.streams, $0.observed) }
        let time = clock.nanoseconds
        var metrics = streams.compactMap { $0.collect(at: time) }
        for metric in observed {
            if let data = await metric.collect(at: time) { metrics.append(data) }
        }
        return metrics
    }

    private func stream<Aggregation: MetricAggregation>(
        _ descriptor: MetricDescriptor, _ aggregation: Aggregation
    ) -> MetricStream<Aggregation> {
        MetricStream(descriptor, aggregation, limit: configuration.cardinalityLimit, clock: clock)
    }

    /// The instrument that was made before, or a new one.
    private func instrument<Instrument: Sendable>(
        _ descriptor: MetricDescriptor, make: () -> (Instrument, any CollectableMetric)
    ) -> Instrument {
        let key = Key(name: descriptor.name.lowercased(), scope: descriptor.scope)
        let (instrument, earlier, isNew) = state.withLock { state -> (Instrument, MetricDescriptor?, Bool) in
            let earlier = state.instruments[key]
            if let earlier, let instrument = earlier.instrument as? Instrument {
                return (instrument, earlier.descriptor, false)
            }
            let (instrument, stream) = make()
            state.streams.append(stream)
            if earlier == nil {
                state.instruments[key] = Registration(descriptor: descriptor, instrument: instrument)
            }
            return (instrument, earlier?.descriptor, true)
        }
        if isNew { check(descriptor) }
        if let earlier, isNew || earlier.unit != descriptor.unit || earlier.description != descriptor.description {
            logger.warning(
                "A metric is measured in two ways: use one kind, unit and description for one name",
                metadata: ["queuert.otel.metric": "\(descriptor.name)"])
        }
        return instrument
    }

    /// A name that receivers may not take is used all the same, and told.
    private func check(_ descriptor: MetricDescriptor) {
        let isAllowed = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        let name = descriptor.name
        let isLetter = name.first.map { $0.isASCII && $0.isLetter } ?? false
        guard !isLetter || name.utf8.count > 255 || !name.utf8.allSatisfy(isAllowed) else { return }
        logger.warning(
            "A metric's name isn't one that receivers must take: use a letter and then letters, digits and _.-/, 255 at most",
            metadata: ["queuert.otel.metric": "\(name.prefix(255))"])
    }
}
