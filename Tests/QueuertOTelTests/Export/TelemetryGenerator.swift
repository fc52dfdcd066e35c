@testable import QueuertOTel

/// Makes telemetry of every shape, the odd ones often: for comparisons of what is encoded.
struct TelemetryGenerator {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    mutating func spans(_ count: Int) -> [SpanData] { (0..<count).map { _ in span() } }

    mutating func records(_ count: Int) -> [LogRecordData] { (0..<count).map { _ in record() } }

    private mutating func record() -> LogRecordData {
        let severities: [LogSeverity] = [.trace, .debug, .info, .notice, .warning, .error, .critical]
        var record = LogRecordData(
            time: word(), severity: severities[random.number(0...6)], body: text(), attributes: attributes(),
            context: random.once(in: 3) ? nil : context(), eventName: text(), scope: scope())
        record.droppedAttributes = self.count()
        return record
    }

    mutating func metrics(_ count: Int) -> [MetricData] { (0..<count).map { _ in metric() } }

    private mutating func metric() -> MetricData {
        let temporality: MetricTemporality = random.once(in: 2) ? .delta : .cumulative
        let content: MetricData.Content =
            switch random.number(0...3) {
            case 0: .gauge(some { $0.number() })
            case 1: .sum(some { $0.number() }, temporality, isMonotonic: random.once(in: 2))
            case 2:
                .histogram(
                    some {
                        .init(
                            attributes: AttributeSet($0.attributes()), start: $0.word(), time: $0.word(),
                            distribution: $0.explicit(), exemplars: $0.exemplars())
                    }, temporality)
            default:
                .exponentialHistogram(
                    some {
                        .init(
                            attributes: AttributeSet($0.attributes()), start: $0.word(), time: $0.word(),
                            distribution: $0.exponential(), exemplars: $0.exemplars())
                    }, temporality)
            }
        return MetricData(
            descriptor: MetricDescriptor(name: text(), unit: text(), description: text(), scope: scope()),
            content: content)
    }

    private mutating func number() -> MetricData.NumberPoint {
        MetricData.NumberPoint(
            attributes: AttributeSet(attributes()), start: word(), time: word(),
            value: measured(), exemplars: exemplars())
    }

    private mutating func measured() -> MetricValue {
        random.once(in: 2) ? .int(Int64(bitPattern: word())) : .double(Double(bitPattern: word()))
    }

    private mutating func exemplars() -> [Exemplar] {
        if random.once(in: 2) { return [] }
        return some { generator in
            Exemplar(
                time: generator.word(), value: generator.measured(),
                context: generator.random.once(in: 3) ? nil : generator.context(),
                filteredAttributes: generator.attributes())
        }
    }

    private mutating func explicit() -> ExplicitHistogram {
        var histogram = ExplicitHistogram(bounds: random.once(in: 4) ? [] : [0, 1, 10])
        for value in measurements() { histogram.record(value) }
        return histogram
    }

    private mutating func exponential() -> ExponentialHistogram {
        var histogram = ExponentialHistogram(maximumSize: random.number(2...160))
        for value in measurements() { histogram.record(value) }
        return histogram
    }

    private mutating func measurements() -> [Double] {
        some { $0.random.once(in: 5) ? 0 : Double.random(in: -10...1e6, using: &$0.random) }
    }

    mutating func resource() -> Resource { Resource(attributes: attributes()) }

    mutating func span() -> SpanData {
        var span = SpanData(
            context: context(), parent: random.once(in: 3) ? nil : context(), name: text(),
            kind: [.internal, .server, .client, .producer, .consumer][random.number(0...4)], start: word(), end: word(),
            attributes: attributes(), events: some { $0.event() }, links: some { $0.link() }, status: status(),
            scope: scope())
        span.droppedAttributes = count()
        span.droppedEvents = count()
        span.droppedLinks = count()
        return span
    }

    private mutating func event() -> SpanData.Event {
        var event = SpanData.Event(name: text(), time: word(), attributes: attributes())
        event.droppedAttributes = count()
        return event
    }

    private mutating func link() -> SpanData.Link {
        var link = SpanData.Link(context(), attributes: attributes())
        link.droppedAttributes = count()
        return link
    }

    private mutating func status() -> SpanData.Status {
        switch random.number(0...2) {
        case 0: .unset
        case 1: .ok
        default: .error(description: text())
        }
    }

    mutating func context() -> TraceContext {
        TraceContext(
            traceID: TraceID(high: word(), low: word()), spanID: SpanID(value: word()),
            flags: TraceFlags(rawValue: UInt8(random.number(0...3))), state: random.once(in: 4) ? text() : "",
            isRemote: random.once(in: 2))
    }

    /// Few, so that batches have spans of one scope apart from each other.
    mutating func scope() -> InstrumentationScope {
        let number = random.number(0...3)
        return InstrumentationScope(
            name: number == 0 ? "" : "scope \(number)", version: number == 1 ? "1.2" : "",
            schemaURL: number == 2 ? "https://example.test/schema" : "")
    }

    mutating func attributes() -> [Attribute] { some { Attribute($0.text(), $0.value()) } }

    private mutating func value(depth: Int = 0) -> AttributeValue {
        switch random.number(0...(depth < 3 ? 6 : 4)) {
        case 0, 1: return .string(text())
        case 2: return .bool(random.once(in: 2))
        case 3: return .int(Int64(bitPattern: word()))
        case 4:
            return .double(
                [0, -0.0, 1.5, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude][random.number(0...5)])
        default: return .array(some { $0.value(depth: depth + 1) })
        }
    }

    /// Mostly a handful, at times none and at times many.
    private mutating func some<Element>(_ make: (inout Self) -> Element) -> [Element] {
        let number = random.once(in: 40) ? random.number(20...140) : random.number(0...5)
        return (0..<number).map { _ in make(&self) }
    }

    /// Empty, short, beyond ASCII, and around the lengths at which one more byte tells the length.
    mutating func text() -> String {
        switch random.number(0...7) {
        case 0: ""
        case 1: String(repeating: "x", count: random.number(126...130))
        case 2: String(repeating: "ü", count: random.number(1...70))
        case 3: "👩‍🚀 \u{0} \u{FFFD}"
        case 4 where random.once(in: 50): String(repeating: "long ", count: random.number(3270...3280))
        default: "an attribute \(random.number(0...9))"
        }
    }

    /// Any word, and often a small or an extreme one.
    mutating func word() -> UInt64 {
        switch random.number(0...5) {
        case 0: 0
        case 1: UInt64(random.number(1...300))
        case 2: .max
        case 3: 1 << UInt64(random.number(0...63))
        default: random.next()
        }
    }

    private mutating func count() -> Int {
        [0, 0, 1, 127, 128, 1_000_000, Int(UInt32.max), Int.max][random.number(0...7)]
    }
}
