/// The value of a data point.
public enum MetricValue: Hashable, Sendable {
    /// A whole number.
    case int(Int64)
    /// A floating point number.
    case double(Double)
}

/// A kind of number that instruments take.
public protocol MetricNumber: Comparable, Hashable, Sendable {
    /// Nothing.
    static var zero: Self { get }
    /// The number as data points hold it.
    var metricValue: MetricValue { get }

    /// The sum; one that is too large is the largest that there is.
    ///
    /// - Parameter other: What to add.
    /// - Returns: The sum.
    func addingClamped(_ other: Self) -> Self

    /// The difference; one that is too large is the largest that there is.
    ///
    /// - Parameter other: What to take away.
    /// - Returns: The difference.
    func subtractingClamped(_ other: Self) -> Self
}

extension Int: MetricNumber {
    /// The number as data points hold it.
    public var metricValue: MetricValue { .int(Int64(self)) }

    /// The sum; one that is too large is the largest that there is.
    ///
    /// - Parameter other: What to add.
    /// - Returns: The sum.
    public func addingClamped(_ other: Int) -> Int {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }

    /// The difference; one that is too large is the largest that there is.
    ///
    /// - Parameter other: What to take away.
    /// - Returns: The difference.
    public func subtractingClamped(_ other: Int) -> Int {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other < 0 ? .max : .min) : difference
    }
}

extension Double: MetricNumber {
    /// The number as data points hold it.
    public var metricValue: MetricValue { .double(self) }

    /// The sum.
    ///
    /// - Parameter other: What to add.
    /// - Returns: The sum.
    public func addingClamped(_ other: Double) -> Double { self + other }

    /// The difference.
    ///
    /// - Parameter other: What to take away.
    /// - Returns: The difference.
    public func subtractingClamped(_ other: Double) -> Double { self - other }
}
