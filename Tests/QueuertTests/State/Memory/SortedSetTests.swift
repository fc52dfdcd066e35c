import Testing

@testable import Queuert

@Suite("A sorted set") struct SortedSetTests {
    /// Numbers in an order that looks random and is always the same.
    private func numbers(_ count: Int, below limit: Int) -> [Int] {
        var random = FastRandom(seed: 7)
        return (0..<count).map { _ in Int.random(in: 0..<limit, using: &random) }
    }

    @Test("holds what a plain set does, in order, whatever is added and removed")
    func followsASet() {
        var sorted = SortedSet<Int>()
        var plain: Set<Int> = []
        for (step, number) in numbers(20_000, below: 3_000).enumerated() {
            if step % 3 == 2 {
                sorted.remove(number)
                plain.remove(number)
            } else {
                sorted.insert(number)
                plain.insert(number)
            }
            #expect(sorted.count == plain.count)
            if step % 1_000 == 0 { #expect(Array(sorted.ascending()) == plain.sorted()) }
        }
        #expect(Array(sorted.ascending()) == plain.sorted())
        #expect(Array(sorted.descending()) == plain.sorted().reversed())
        for number in plain { sorted.remove(number) }
        #expect(sorted.isEmpty)
        #expect(sorted.first == nil)
    }

    @Test("is read from any element on, upwards and downwards, whether it is there or not")
    func startsAnywhere() {
        var sorted = SortedSet<Int>()
        for number in 0..<1_000 { sorted.insert(number * 2) }
        for start in [-1, 0, 1, 2, 511, 512, 513, 1_024, 1_997, 1_998, 1_999, 5_000] {
            let evens = (0..<1_000).map { $0 * 2 }
            #expect(Array(sorted.ascending(after: start)) == evens.filter { $0 > start })
            #expect(Array(sorted.descending(before: start)) == evens.filter { $0 < start }.reversed())
        }
    }

    @Test("can be changed while it is read, and the reader sees it as it was")
    func readersKeepTheirs() {
        var sorted = SortedSet<Int>()
        for number in 0..<600 { sorted.insert(number) }
        var seen: [Int] = []
        for number in sorted.ascending() {
            seen.append(number)
            sorted.remove(number)
        }
        #expect(seen == Array(0..<600))
        #expect(sorted.isEmpty)
    }
}
