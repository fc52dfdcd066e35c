/// Keeps some of the measurements of a point: each of those that were offered with the same chance.
struct ExemplarReservoir: Sendable {
    private var kept: [Exemplar?] = []
    /// How many were offered, in all or for each bucket.
    private var offered: [UInt64] = []

    /// Offers a measurement to a reservoir of a fixed size.
    mutating func offer(size: Int, _ random: inout ExemplarRandom, _ make: () -> Exemplar) {
        if offered.isEmpty { offered = [0] }
        offered[0] += 1
        if kept.count < size {
            kept.append(make())
        } else if let place = random.place(below: offered[0]), place < size {
            kept[place] = make()
        }
    }

    /// Offers a measurement to a reservoir that keeps one for each bucket.
    mutating func offer(bucket: Int, of count: Int, _ random: inout ExemplarRandom, _ make: () -> Exemplar) {
        if kept.isEmpty {
            kept = [Exemplar?](repeating: nil, count: count)
            offered = [UInt64](repeating: 0, count: count)
        }
        offered[bucket] += 1
        if random.place(below: offered[bucket]) == 0 { kept[bucket] = make() }
    }

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
    mutating func place(below bound: UInt64) -> Int? {
        word ^= word << 13
        word ^= word >> 7
        word ^= word << 17
        return bound == 0 ? nil : Int(word.multipliedFullWidth(by: bound).high)
    }
}
