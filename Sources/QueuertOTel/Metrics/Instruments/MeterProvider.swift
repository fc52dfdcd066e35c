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

    /// What has one name.
    private struct Registration {
        /// What was asked for first, and as which type of instrument.
        let descriptor: MetricDescriptor
        let type: ObjectIdentifier
        var instruments: [ObjectIdentifier: any Sendable] = [:]
        var conflicts: Set<ObjectIdentifier> = []

        /// Whether this isn't what was asked for first, which is told once for each type.
        mutating func isNewConflict(_ other: MetricDescriptor, _ type: ObjectIdentifier) -> Bool {
            let isSame =
                type == self.type && other.unit == descriptor.unit && other.description == descriptor.description
            return !isSame && conflicts.insert(type).inserted
        }
    }

    private struct State {
        var registrations: [Key: Registration] = [:]
        var streams: [any CollectableMetric] = []
        var observed: [any ObservableMetric] = []
        var preparations: [@Sendable () async -> Void] = []
    }

    /// How measurements are aggregated.
    public let configuration: Configuration
    let clock: any SpanClock
    let logger: Logger
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
        return instrument(descriptor, .counter) { CounterInstrument(recorder: $0) }
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
        return instrument(descriptor, .upDownCounter) { UpDownCounterInstrument(recorder: $0) }
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
        return instrument(descriptor, .gauge) { GaugeInstrument(recorder: $0) }
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
        return instrument(descriptor, .histogram, buckets) { HistogramInstrument(recorder: $0) }
    }

    /// Has a metric looked up at each collection.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - kind: What kind of number it is.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - scope: The library that measures; the application by default.
    ///   - values: Looks up the values, quickly: what takes longer than a collection may is not collected, nor anything else
    ///     before it has ended. Counters are told from their beginning.
    public func observe<Number: MetricNumber>(
        _ name: String, as kind: ObservedKind, unit: String = "", description: String = "",
        scope: InstrumentationScope = .application, values: @escaping @Sendable () async -> [MetricObservation<Number>]
    ) {
        let descriptor = MetricDescriptor(name: name, unit: unit, description: description, scope: scope)
        check(descriptor)
        for stream in streams(of: descriptor, kind.instrument) where stream.aggregation != .drop {
            let metric = ObservedMetric(
                stream.descriptor, stream.observed(kind), temporality: configuration.temporality.observed(kind),
                attributes: stream.options.attributes, limit: stream.options.limit, start: clock.nanoseconds,
                observe: values)
            state.withLock { $0.observed.append(metric) }
        }
    }

    /// Has something done at the beginning of each collection, for metrics that are looked up together.
    ///
    /// - Parameter body: What is done, quickly: while it takes longer than a collection may, nothing is collected.
    public func beforeCollection(_ body: @escaping @Sendable () async -> Void) {
        state.withLock { $0.preparations.append(body) }
    }

    // MARK: Collection

    /// Collects what was measured, in the order in which instruments were made.
    ///
    /// - Returns: Each metric that has points.
    public func collect() async -> [MetricData] { collect(await lookUp()) }

    /// Looks up what is observed.
    ///
    /// It takes nothing away: who doesn't wait for the end loses nothing that was measured.
    func lookUp() async -> [MetricLookup] {
        let preparations = state.withLock { $0.preparations }
        for prepare in preparations { await prepare() }
        let observed = state.withLock { $0.observed }
        var lookups: [MetricLookup] = []
        for metric in observed { lookups.append(await metric.lookUp()) }
        return lookups
    }

    /// Collects what was measured, and what was looked up for this collection.
    func collect(_ lookups: [MetricLookup]) -> [MetricData] {
        let streams = state.withLock { $0.streams }
        let time = clock.nanoseconds
        return streams.compactMap { $0.collect(at: time) } + lookups.compactMap { $0(time) }
    }

    /// The instrument that was made before, or a new one.
    private func instrument<Number: MetricNumber, Instrument: Sendable>(
        _ descriptor: MetricDescriptor, _ kind: InstrumentKind, _ buckets: HistogramBuckets? = nil,
        make: (any MetricRecorder<Number>) -> Instrument
    ) -> Instrument {
        let key = Key(name: descriptor.name.lowercased(), scope: descriptor.scope)
        let type = ObjectIdentifier(Instrument.self)
        func existing(_ state: inout State) -> (Instrument, Bool, Bool)? {
            guard let instrument = state.registrations[key]?.instruments[type] as? Instrument else { return nil }
            return (instrument, false, state.registrations[key]?.isNewConflict(descriptor, type) ?? false)
        }
        let (instrument, isNew, isConflict) =
            state.withLock { existing(&$0) }
            ?? {
                let (recorder, metrics): (any MetricRecorder<Number>, _) = recorder(descriptor, kind, buckets)
                let instrument = make(recorder)
                return state.withLock { state in
                    // Another thread may have made it meanwhile.
                    if let existing = existing(&state) { return existing }
                    state.streams += metrics
                    var registration = state.registrations[key] ?? Registration(descriptor: descriptor, type: type)
                    registration.instruments[type] = instrument
                    let isConflict = registration.isNewConflict(descriptor, type)
                    state.registrations[key] = registration
                    return (instrument, true, isConflict)
                }
            }()
        if isNew { check(descriptor) }
        if isConflict {
            logger.warning(
                "A metric is measured in two ways: use one kind, unit and description for one name",
                metadata: ["queuert.otel.metric": "\(descriptor.name)"])
        }
        return instrument
    }
}
