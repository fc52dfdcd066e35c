/// The buckets of a histogram.
public enum HistogramBuckets: Hashable, Sendable {
    /// Buckets with these upper bounds, and one above.
    case explicit([Double])
    /// Buckets that grow exponentially: how many at most on each side of zero, and how fine at first.
    case exponential(maximumSize: Int = 160, maximumScale: Int = 20)
}

/// Which metrics are told since the last collection and which since the beginning.
public enum TemporalityPreference: Hashable, Sendable {
    /// All since the beginning.
    case cumulative
    /// Counters and histograms since the last collection; what may shrink since the beginning.
    case delta
    /// As delta, but observed counters since the beginning, so that nothing need be remembered of them.
    case lowMemory

    /// What matters of an instrument's kind.
    enum Kind { case counter, upDownCounter, histogram }

    func of(_ kind: Kind) -> MetricTemporality {
        switch (self, kind) {
        case (.cumulative, _), (_, .upDownCounter): .cumulative
        case (.delta, _), (.lowMemory, _): .delta
        }
    }

    func observed(_ kind: ObservedKind) -> MetricTemporality {
        self == .delta && kind == .counter ? .delta : .cumulative
    }
}

extension MeterProvider {
    /// How measurements are aggregated.
    public struct Configuration: Hashable, Sendable {
        /// Which metrics are told since the last collection and which since the beginning.
        ///
        /// All since the beginning by default.
        public var temporality: TemporalityPreference
        /// The buckets of histograms that don't ask for their own.
        ///
        /// The specification's bounds by default.
        public var histogramBuckets: HistogramBuckets
        /// How many different attribute sets an instrument keeps, the one for all others included.
        ///
        /// 2,000 by default.
        public var cardinalityLimit: Int
        /// Which measurements may become exemplars.
        ///
        /// Those that are made in a span that is sampled, by default.
        public var exemplarFilter: ExemplarFilter
        /// What is changed of instruments.
        ///
        /// Nothing by default.
        public var views: [MetricView]

        /// Makes a configuration.
        ///
        /// - Parameters:
        ///   - temporality: Which metrics are told since the last collection.
        ///   - histogramBuckets: The buckets of histograms that don't ask for their own.
        ///   - cardinalityLimit: How many different attribute sets an instrument keeps.
        ///   - exemplarFilter: Which measurements may become exemplars.
        ///   - views: What is changed of instruments.
        public init(
            temporality: TemporalityPreference = .cumulative,
            histogramBuckets: HistogramBuckets = .explicit(ExplicitHistogram.defaultBounds),
            cardinalityLimit: Int = 2000, exemplarFilter: ExemplarFilter = .traceBased, views: [MetricView] = []
        ) {
            self.temporality = temporality
            self.histogramBuckets = histogramBuckets
            self.cardinalityLimit = cardinalityLimit
            self.exemplarFilter = exemplarFilter
            self.views = views
        }
    }
}
