/// A set of small numbers, kept as bits.
struct BitSet: Equatable, Sequence {
    private var words: [UInt64]
    private(set) var count = 0

    init(capacity: Int) { words = Array(repeating: 0, count: (capacity + 63) / 64) }

    init(capacity: Int, _ members: some Sequence<Int>) {
        self.init(capacity: capacity)
        for member in members { insert(member) }
    }

    var isEmpty: Bool { count == 0 }

    /// The smallest member.
    var first: Int? {
        words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
    }

    func contains(_ member: Int) -> Bool { words[member >> 6] & (1 << UInt64(member & 63)) != 0 }

    mutating func insert(_ member: Int) {
        guard !contains(member) else { return }
        words[member >> 6] |= 1 << UInt64(member & 63)
        count += 1
    }

    /// Takes a member out.
    ///
    /// Returns whether it was one.
    @discardableResult mutating func remove(_ member: Int) -> Bool {
        guard contains(member) else { return false }
        words[member >> 6] &= ~(1 << UInt64(member & 63))
        count -= 1
        return true
    }

    /// Keeps only what is in another set as well.
    ///
    /// Returns whether anything went.
    @discardableResult mutating func formIntersection(_ other: BitSet) -> Bool {
        let before = count
        count = 0
        for index in words.indices {
            words[index] &= other.words[index]
            count += words[index].nonzeroBitCount
        }
        return count != before
    }

    /// Takes all members of another set out.
    ///
    /// Returns whether anything went.
    @discardableResult mutating func subtract(_ other: BitSet) -> Bool {
        let before = count
        count = 0
        for index in words.indices {
            words[index] &= ~other.words[index]
            count += words[index].nonzeroBitCount
        }
        return count != before
    }

    mutating func formUnion(_ other: BitSet) {
        count = 0
        for index in words.indices {
            words[index] |= other.words[index]
            count += words[index].nonzeroBitCount
        }
    }

    /// How many members are in another set as well.
    func commonCount(_ other: BitSet) -> Int {
        words.indices.reduce(0) { $0 + (words[$1] & other.words[$1]).nonzeroBitCount }
    }

    func makeIterator() -> Iterator { Iterator(words: words) }

    /// Goes through the members, the smallest first.
    struct Iterator: IteratorProtocol {
        private let words: [UInt64]
        private var index = -1
        private var rest: UInt64 = 0

        init(words: [UInt64]) { self.words = words }

        mutating func next() -> Int? {
            while rest == 0 {
                index += 1
                guard index < words.count else { return nil }
                rest = words[index]
            }
            defer { rest &= rest - 1 }
            return index * 64 + rest.trailingZeroBitCount
        }
    }
}
