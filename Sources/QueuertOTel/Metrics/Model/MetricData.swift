/// Which time the points of a metric are about; the raw values are OTLP's.
public enum MetricTemporality: Int, Hashable, Sendable {
    /// From the collection before to this one.
    case delta = 1
    /// From the beginning to this collection.
    case cumulative = 2
}

/// What an instrument measured, as it is exported.
public struct MetricData: Hashable, Sendable {
    /// A number, with what it is told apart by.
    public struct NumberPoint: Hashable, Sendable {
        /// What the point is told apart by.
        public var attributes: AttributeSet
        /// When the time that the point is about began, in nanoseconds since 1970; zero if nobody knows.
        public var start: UInt64
        /// When it was collected, in nanoseconds since 1970.
        public var time: UInt64
        /// The number.
        public var value: MetricValue
        /// Some of the measurements, with the spans that they were made in.
        public var exemplars: [Exemplar] = []
    }

    /// A distribution over buckets with fixed bounds.
    public struct HistogramPoint: Hashable, Sendable {
        /// What the point is told apart by.
        public var attributes: AttributeSet
        /// When the time that the point is about began, in nanoseconds since 1970.
        public var start: UInt64
        /// When it was collected, in nanoseconds since 1970.
        public var time: UInt64
        /// The measurements.
        public var distribution: ExplicitHistogram
        /// Some of the measurements, with the spans that they were made in.
        public var exemplars: [Exemplar] = []
    }

    /// A distribution over buckets that grow exponentially.
    public struct ExponentialHistogramPoint: Hashable, Sendable {
        /// What the point is told apart by.
        public var attributes: AttributeSet
        /// When the time that the point is about began, in nanoseconds since 1970.
        public var start: UInt64
        /// When it was collected, in nanoseconds since 1970.
        public var time: UInt64
        /// The measurements.
        public var distribution: ExponentialHistogram
        /// Some of the measurements, with the spans that they were made in.
        public var exemplars: [Exemplar] = []
    }

    /// The points, by kind.
    public enum Content: Hashable, Sendable {
        /// The last value of each.
        case gauge([NumberPoint])
        /// Sums.
        case sum([NumberPoint], MetricTemporality, isMonotonic: Bool)
        /// Distributions over fixed buckets.
        case histogram([HistogramPoint], MetricTemporality)
        /// Distributions over exponential buckets.
        case exponentialHistogram([ExponentialHistogramPoint], MetricTemporality)

        /// How many points there are.
        public var pointCount: Int {
            switch self {
            case .gauge(let points), .sum(let points, _, _): points.count
            case .histogram(let points, _): points.count
            case .exponentialHistogram(let points, _): points.count
            }
        }
    }

    /// What is measured.
    public var descriptor: MetricDescriptor
    /// What was measured.
    public var content: Content

    /// Puts a metric together.
    ///
    /// - Parameters:
    ///   - descriptor: What is measured.
    ///   - content: What was measured.
    public init(descriptor: MetricDescriptor, content: Content) {
        self.descriptor = descriptor
        self.content = content
    }
}

/// What an instrument measures.
public struct MetricDescriptor: Hashable, Sendable {
    /// The metric's name, such as `messaging.process.duration`.
    public var name: String
    /// The unit, as UCUM has it: `s`, `By`, `{message}`.
    public var unit: String
    /// What it means, in a sentence.
    public var description: String
    /// The library that measures.
    public var scope: InstrumentationScope

    /// Describes a metric.
    ///
    /// - Parameters:
    ///   - name: The metric's name.
    ///   - unit: The unit, as UCUM has it.
    ///   - description: What it means.
    ///   - scope: The library that measures.
    public init(name: String, unit: String = "", description: String = "", scope: InstrumentationScope) {
        self.name = name
        self.unit = unit
        self.description = description
        self.scope = scope
    }
}

extension InstrumentationScope {
    /// No library in particular: the program itself.
    public static let application = InstrumentationScope(name: "")
}
