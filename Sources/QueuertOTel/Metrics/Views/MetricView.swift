/// Changes what becomes of some instruments' measurements: other names, buckets or attributes, or nothing at all.
///
/// ```swift
/// var configuration = MeterProvider.Configuration()
/// configuration.views = [
///     MetricView("messaging.process.duration", aggregation: .histogram(.explicit([1, 60, 3600]))),
///     MetricView("queuert.worker.*", aggregation: .drop),
/// ]
/// ```
///
/// An instrument that several views are for becomes as many metrics; one that none is for is as it was made.
public struct MetricView: Hashable, Sendable {
    /// What measurements become.
    public enum Aggregation: Hashable, Sendable {
        /// What the instrument's kind asks for.
        case standard
        /// Nothing.
        case drop
        /// A sum.
        case sum
        /// The last of them.
        case lastValue
        /// A distribution. Metrics that are looked up stay what they are.
        case histogram(HistogramBuckets)
    }

    /// Which attributes points are told apart by.
    public enum Attributes: Hashable, Sendable {
        /// All that are measured with.
        case all
        /// Those of these names.
        case only(Set<String>)
        /// Those of other names.
        case except(Set<String>)
    }

    /// The name of the instruments, in which `*` stands for any text and `?` for one character.
    public var instrument: String
    /// Their kind; any if `nil`.
    public var kind: InstrumentKind?
    /// Their unit; any if `nil`.
    public var unit: String?
    /// The name of the library that measures; any if `nil`.
    public var scope: String?
    /// The metric's name; the instrument's if `nil`.
    public var name: String?
    /// What the metric means; as the instrument says if `nil`.
    public var description: String?
    /// What measurements become.
    public var aggregation: Aggregation
    /// Which attributes points are told apart by.
    public var attributes: Attributes
    /// How many attribute sets are kept; as the provider says if `nil`.
    public var cardinalityLimit: Int?

    /// Makes a view.
    ///
    /// - Parameters:
    ///   - instrument: The name of the instruments, in which `*` stands for any text and `?` for one character.
    ///   - kind: Their kind; any by default.
    ///   - unit: Their unit; any by default.
    ///   - scope: The name of the library that measures; any by default.
    ///   - name: The metric's name; the instrument's by default. Not used where the view may be for several instruments.
    ///   - description: What the metric means; as the instrument says by default.
    ///   - aggregation: What measurements become.
    ///   - attributes: Which attributes points are told apart by; all by default.
    ///   - cardinalityLimit: How many attribute sets are kept; as the provider says by default.
    public init(
        _ instrument: String, kind: InstrumentKind? = nil, unit: String? = nil, scope: String? = nil,
        name: String? = nil, description: String? = nil, aggregation: Aggregation = .standard,
        attributes: Attributes = .all, cardinalityLimit: Int? = nil
    ) {
        self.instrument = instrument
        self.kind = kind
        self.unit = unit
        self.scope = scope
        self.name = name
        self.description = description
        self.aggregation = aggregation
        self.attributes = attributes
        self.cardinalityLimit = cardinalityLimit
    }
}

/// The kinds of instruments.
public enum InstrumentKind: String, Hashable, Sendable, CaseIterable {
    /// Counts what only grows.
    case counter
    /// Counts what comes and goes.
    case upDownCounter
    /// Keeps the last value.
    case gauge
    /// Counts measurements by their size.
    case histogram
    /// Looks up what only grows.
    case observedCounter
    /// Looks up what comes and goes.
    case observedUpDownCounter
    /// Looks up what can't be added up.
    case observedGauge
}
