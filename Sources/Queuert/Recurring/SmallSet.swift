/// A set of numbers from 0 to 63, as a field of a cron expression allows them.
struct SmallSet: Hashable, Sendable {
    private(set) var bits: UInt64 = 0

    init() {}
    init(_ numbers: some Sequence<Int>) { for number in numbers { insert(number) } }

    var isEmpty: Bool { bits == 0 }
    var first: Int? { isEmpty ? nil : bits.trailingZeroBitCount }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    /// The smallest number that is at least so big.
    func first(from number: Int) -> Int? {
        guard number < 64 else { return nil }
        let rest = bits & (~0 << UInt64(number))
        return rest == 0 ? nil : rest.trailingZeroBitCount
    }

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    mutating func formUnion(_ other: Self) { bits |= other.bits }
    mutating func formIntersection(_ other: Self) { bits &= other.bits }
}
