/// One measurement of those that a point sums up, with the span that it was made in.
public struct Exemplar: Hashable, Sendable {
    /// When it was measured, in nanoseconds since 1970.
    public var time: UInt64
    /// What was measured.
    public var value: MetricValue
    /// The span that was current; `nil` outside of all spans.
    public var context: TraceContext?
    /// The attributes that the point doesn't have, because a view left them out.
    public var filteredAttributes: [Attribute]

    /// Makes an exemplar.
    ///
    /// - Parameters:
    ///   - time: When it was measured, in nanoseconds since 1970.
    ///   - value: What was measured.
    ///   - context: The span that was current.
    ///   - filteredAttributes: The attributes that the point doesn't have.
    public init(time: UInt64, value: MetricValue, context: TraceContext?, filteredAttributes: [Attribute] = []) {
        self.time = time
        self.value = value
        self.context = context
        self.filteredAttributes = filteredAttributes
    }
}
