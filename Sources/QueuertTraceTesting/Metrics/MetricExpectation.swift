public import QueuertOTel

/// A point of a metric as it should be.
///
/// What isn't mentioned may be anything.
public struct PointExpectation: Sendable {
    /// A number of a point that is looked at.
    enum Property: String, Sendable {
        case value, count, sum, minimum, maximum
    }

    var attributes: [(key: String, matcher: AttributeMatcher)]
    var otherAttributesAllowed = true
    var numbers: [(property: Property, matcher: NumberMatcher)] = []
    var exemplars: [TraceContext] = []

    private func with(_ change: (inout PointExpectation) -> Void) -> PointExpectation {
        var copy = self
        change(&copy)
        return copy
    }

    /// The value of a counter or gauge.
    ///
    /// - Parameter matcher: What it must be.
    /// - Returns: The expectation.
    public func value(_ matcher: NumberMatcher) -> PointExpectation { with { $0.numbers.append((.value, matcher)) } }

    /// How many measurements a histogram has.
    ///
    /// - Parameter matcher: What it must be.
    /// - Returns: The expectation.
    public func count(_ matcher: NumberMatcher) -> PointExpectation { with { $0.numbers.append((.count, matcher)) } }

    /// The sum of a histogram's measurements.
    ///
    /// - Parameter matcher: What it must be.
    /// - Returns: The expectation.
    public func sum(_ matcher: NumberMatcher) -> PointExpectation { with { $0.numbers.append((.sum, matcher)) } }

    /// The least of a histogram's measurements.
    ///
    /// - Parameter matcher: What it must be.
    /// - Returns: The expectation.
    public func minimum(_ matcher: NumberMatcher) -> PointExpectation {
        with { $0.numbers.append((.minimum, matcher)) }
    }

    /// The greatest of a histogram's measurements.
    ///
    /// - Parameter matcher: What it must be.
    /// - Returns: The expectation.
    public func maximum(_ matcher: NumberMatcher) -> PointExpectation {
        with { $0.numbers.append((.maximum, matcher)) }
    }

    /// The point has no other attributes than those that are mentioned.
    ///
    /// - Returns: The expectation.
    public func exactAttributes() -> PointExpectation { with { $0.otherAttributesAllowed = false } }

    /// One of the measurements that the point gives as examples was made in a span.
    ///
    /// - Parameter span: The span, such as one that a ``TraceMatch`` names.
    /// - Returns: The expectation.
    public func exemplar(in span: SpanData) -> PointExpectation { with { $0.exemplars.append(span.context) } }
}

/// A point of a metric as it should be.
///
/// - Parameter attributes: Attributes that the point must have, among others.
/// - Returns: The expectation.
public func point(_ attributes: KeyValuePairs<String, AttributeMatcher> = [:]) -> PointExpectation {
    PointExpectation(attributes: attributes.map { ($0.key, $0.value) })
}

/// A metric as it should be.
public struct MetricExpectation: Sendable {
    let name: String
    var kind: MetricDefinition.Kind?
    var unit: String?
    /// The points, in any order; `nil` if they may be any.
    var points: [PointExpectation]?
    var otherPointsAllowed = false
    var total: NumberMatcher?
    var isAbsent = false

    private func with(_ change: (inout MetricExpectation) -> Void) -> MetricExpectation {
        var copy = self
        change(&copy)
        return copy
    }

    /// There may be other points than those that are mentioned.
    ///
    /// - Returns: The expectation.
    public func containing() -> MetricExpectation { with { $0.otherPointsAllowed = true } }

    /// All points added up: their values, or of a histogram how many measurements they have.
    ///
    /// - Parameter matcher: What the sum must be.
    /// - Returns: The expectation.
    public func total(_ matcher: NumberMatcher) -> MetricExpectation { with { $0.total = matcher } }

    /// There is no such metric: nothing was measured.
    ///
    /// - Returns: The expectation.
    public func absent() -> MetricExpectation { with { $0.isAbsent = true } }
}

/// A metric as it should be.
///
/// - Parameters:
///   - name: The metric's name.
///   - kind: Its kind; `nil` if it may be any.
///   - unit: Its unit; `nil` if it may be any.
///   - points: Its points, in any order. Without any, they may be whatever they are.
/// - Returns: The expectation.
public func metric(
    _ name: String, _ kind: MetricDefinition.Kind? = nil, unit: String? = nil,
    @ExpectationBuilder<PointExpectation> points: () -> [PointExpectation] = { [] }
) -> MetricExpectation {
    let points = points()
    return MetricExpectation(name: name, kind: kind, unit: unit, points: points.isEmpty ? nil : points)
}
