/// How often something comes.
struct Occurrence: Hashable, Sendable {
    /// How often at least.
    let minimum: Int
    /// How often at most.
    let maximum: Int

    static let once = Occurrence(minimum: 1, maximum: 1)

    init(minimum: Int, maximum: Int) {
        self.minimum = minimum
        self.maximum = maximum
    }

    init(_ range: some RangeExpression<Int>) {
        let range = range.relative(to: 0..<Int.max)
        precondition(range.lowerBound >= 0, "Nothing comes less than 0 times: give a range from 0 or more.")
        self.init(minimum: range.lowerBound, maximum: range.upperBound == .max ? .max : range.upperBound - 1)
    }

    func contains(_ count: Int) -> Bool { count >= minimum && count <= maximum }

    var description: String {
        if minimum == maximum { return "\(minimum)" }
        return maximum == .max ? "\(minimum) or more" : "\(minimum) to \(maximum)"
    }
}
