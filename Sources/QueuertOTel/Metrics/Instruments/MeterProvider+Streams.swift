internal import Logging

extension MeterProvider {
    /// What one view makes of an instrument, or what it becomes without any.
    struct Stream {
        var descriptor: MetricDescriptor
        var aggregation = MetricView.Aggregation.standard
        var options: MetricStreamOptions

        /// What kind of number an observed metric is told as.
        func observed(_ kind: ObservedKind) -> ObservedKind {
            switch aggregation {
            case .lastValue: .gauge
            case .sum where kind == .gauge: .upDownCounter
            default: kind
            }
        }
    }

    /// The metrics that an instrument becomes.
    func streams(of descriptor: MetricDescriptor, _ kind: InstrumentKind) -> [Stream] {
        let options = MetricStreamOptions(
            limit: max(configuration.cardinalityLimit, 1), exemplars: configuration.exemplarFilter, clock: clock)
        let views = configuration.views.filter { $0.isFor(descriptor, kind) }
        if views.isEmpty { return [Stream(descriptor: descriptor, options: options)] }
        let streams = views.map { view in
            if view.name != nil, view.isForMany {
                logger.warning(
                    "A view that may be for several instruments can't name them: its name is not used",
                    metadata: ["queuert.otel.metric": "\(descriptor.name)"])
            }
            var options = options
            options.attributes = view.attributes
            if let limit = view.cardinalityLimit { options.limit = max(limit, 1) }
            return Stream(
                descriptor: view.descriptor(of: descriptor), aggregation: view.aggregation, options: options)
        }
        let names = streams.filter { $0.aggregation != .drop }.map { $0.descriptor.name.lowercased() }
        if Set(names).count < names.count {
            logger.warning(
                "Several views make metrics of one name of an instrument: give each a name of its own",
                metadata: ["queuert.otel.metric": "\(descriptor.name)"])
        }
        return streams
    }

    /// What measures for an instrument, and what is collected of it.
    func recorder<Number: MetricNumber>(
        _ descriptor: MetricDescriptor, _ kind: InstrumentKind, _ buckets: HistogramBuckets?
    ) -> (any MetricRecorder<Number>, [any CollectableMetric]) {
        var recorders: [any MetricRecorder<Number>] = []
        var metrics: [any CollectableMetric] = []
        func add<Aggregation: MetricAggregation>(_ stream: Stream, _ aggregation: Aggregation)
        where Aggregation.Value == Number {
            let metric = MetricStream(stream.descriptor, aggregation, stream.options)
            recorders.append(metric)
            metrics.append(metric)
        }
        func addDistribution<Aggregation: MetricAggregation>(_ stream: Stream, _ aggregation: Aggregation)
        where Aggregation.Value == Double {
            let metric = MetricStream(stream.descriptor, aggregation, stream.options)
            // What is measured in whole numbers has to be converted.
            let recorder: any MetricRecorder<Double> = metric
            recorders.append(
                recorder as? any MetricRecorder<Number> ?? ConvertingRecorder<Number>(recorder: recorder))
            metrics.append(metric)
        }
        for stream in streams(of: descriptor, kind) {
            switch kind.aggregation(stream.aggregation, buckets ?? configuration.histogramBuckets) {
            case .drop: continue
            case .standard, .sum:
                let isShrinking = kind == .upDownCounter || kind == .gauge
                add(
                    stream,
                    SumAggregation<Number>(
                        temporality: configuration.temporality.of(isShrinking ? .upDownCounter : .counter),
                        isMonotonic: !isShrinking))
            case .lastValue: add(stream, LastValueAggregation<Number>())
            case .histogram(.explicit(let bounds)):
                addDistribution(
                    stream,
                    ExplicitHistogramAggregation(
                        temporality: configuration.temporality.of(.histogram), bounds: bounds.sorted()))
            case .histogram(.exponential(let size, let scale)):
                addDistribution(
                    stream,
                    ExponentialHistogramAggregation(
                        temporality: configuration.temporality.of(.histogram), maximumSize: size, maximumScale: scale))
            }
        }
        return (recorders.count == 1 ? recorders[0] : FanOutRecorder(recorders), metrics)
    }

    /// A name that receivers may not take is used all the same, and told.
    func check(_ descriptor: MetricDescriptor) {
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

extension InstrumentKind {
    /// What measurements become, where a view leaves that to the kind.
    fileprivate func aggregation(
        _ wanted: MetricView.Aggregation, _ buckets: HistogramBuckets
    ) -> MetricView.Aggregation {
        guard wanted == .standard else { return wanted }
        switch self {
        case .histogram: return .histogram(buckets)
        case .gauge, .observedGauge: return .lastValue
        case .counter, .upDownCounter, .observedCounter, .observedUpDownCounter: return .sum
        }
    }
}

extension ObservedKind {
    /// The kind of instrument.
    var instrument: InstrumentKind {
        switch self {
        case .counter: .observedCounter
        case .upDownCounter: .observedUpDownCounter
        case .gauge: .observedGauge
        }
    }
}
