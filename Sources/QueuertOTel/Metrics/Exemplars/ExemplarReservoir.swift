/// Keeps some of the measurements of a point: each of those that were offered with the same chance.
struct ExemplarReservoir: Sendable {
    private var kept: [Exemplar?] = []
    /// How many were offered, in all or for each bucket.
    private var offered: [UInt64] = []

    /// Where a measurement that is offered is to be kept; `nil` if it isn't.
    mutating func place(inBucket bucket: Int, of kind: ExemplarReservoirKind, _ random: inout ExemplarRandom) -> Int? {
        switch kind {
        case .fixed(let size):
            if offered.isEmpty { offered = [0] }
            offered[0] += 1
            if kept.count < size {
                kept.append(nil)
                return kept.count - 1
            }
            return random.number(below: offered[0]).flatMap { $0 < size ? $0 : nil }
        case .aligned(let count):
            if kept.isEmpty {
                kept = [Exemplar?](repeating: nil, count: count)
                offered = [UInt64](repeating: 0, count: count)
            }
            offered[bucket] += 1
            return random.number(below: offered[bucket]) == 0 ? bucket : nil
        }
    }

    /// Keeps a measurement instead of the one that was there.
    mutating func keep(_ exemplar: Exemplar, at place: Int) { kept[place] = exemplar }

    /// Hands out what was kept since the last collection, and starts anew.
    mutating func take() -> [Exemplar] {
        if kept.isEmpty { return [] }
        defer { self = ExemplarReservoir() }
        return kept.compactMap(\.self)
    }
}

/// Makes random numbers that need be nothing but fast.
struct ExemplarRandom: Sendable {
    private var word = UInt64.random(in: 1 ... .max)

    /// A number from zero to below a bound; `nil` without any.
    mutating func number(below bound: UInt64) -> Int? {
        word ^= word << 13
        word ^= word >> 7
        word ^= word << 17
        return bound == 0 ? nil : Int(word.multipliedFullWidth(by: bound).high)
    }
}
